// Package pack reads StackStorm pack folders: pack.yaml and the YAML files of actions,
// aliases, policies, rules and triggers, the way StackStorm's registrar
// reads them (st2common/models/api/{pack,action}.py, bootstrap/*registrar.py). It exists so that Petrel's own content and
// its users' packs have one format. Everything else in a folder (scripts, Python) is left alone.
//
// A faulty file is set aside alone and told about with its line; the rest of the pack loads. Options.Strict turns what
// StackStorm would let pass into errors. Keys of ours that StackStorm would ignore: class, timeout and, on a parameter,
// spellings.
package pack
