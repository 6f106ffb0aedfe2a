// Package param stands between what people type and what handlers get: it casts strings to the types of an action's
// parameters, checks values against their schemas, describes parameters for help texts and masks secret ones. It exists so
// that chat, the shell and rules refuse the same things with the same sentences.
//
// Casting follows StackStorm's st2common/util/casts.py and the comma lists of its alias executions; checking follows
// st2common/util/schema. Where this package is stricter or kinder, the function says so.
package param
