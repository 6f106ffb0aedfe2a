package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/petrelops/petrel/bot"
)

// The operations in errors.
const (
	opOpen   = "store.open"
	opClose  = "store.close"
	opCommit = "store.commit"
	opGet    = "store.get"
	opList   = "store.list"
	opSweep  = "store.sweep"
	opClaim  = "store.claim"
	opRenew  = "store.renew"
	opDue    = "store.due"
	opNow    = "store.now"
	opDaemon = "store.daemon"

	opAcquire = "store.acquire"
	opHolds   = "store.holds"
	opFree    = "store.free"
	opHead    = "store.head"
	opMissing = "store.missing"
	opEpoch   = "store.epoch"
)

// errDamaged tells of a row that no Petrel wrote.
var errDamaged = errors.New("a row has a form that Petrel does not write")

// errReplaced tells that the path does not lead to the open file any more.
var errReplaced = errors.New("the open file is not the one at the path")

// fault turns what a call on the file returned into the sentence for people. Errors that have one already pass.
func fault(op, path string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*bot.Error](err); ok {
		return err
	}
	return bot.E(bot.CodeUnavailable, op, remedy(path, err), err)
}

// remedy names the fault and the next step.
func remedy(path string, err error) string {
	if errors.Is(err, errReplaced) {
		return "The database " + path + " was deleted or replaced while Petrel had it open. Put it back if you can, then restart Petrel."
	}
	switch code(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return "Another program keeps the database " + path + " locked. Find it with fuser " + path + " and close it, then try again."
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH:
		return "Petrel may not write the database " + path + ". Let its user write the file and its folder, then try again."
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return "The database " + path + " is damaged. Stop Petrel and put a backup in its place, or move the file away to begin anew."
	case sqlite3.SQLITE_FULL:
		return "There is no space left for the database " + path + ". Free some on its disk, then try again."
	case sqlite3.SQLITE_IOERR:
		return "The disk failed while Petrel used the database " + path + ". Look at the disk and its free space, then try again."
	default:
		return "Petrel cannot use the database " + path + " now. Ask its operator to look at the log, then try again."
	}
}

// code returns SQLite's primary result code for the error. What the file system says is put into the same words.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	switch {
	case errors.Is(err, errDamaged):
		return sqlite3.SQLITE_CORRUPT
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR), errors.Is(err, os.ErrExist):
		return sqlite3.SQLITE_CANTOPEN
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return sqlite3.SQLITE_FULL
	default:
		return sqlite3.SQLITE_ERROR
	}
}
