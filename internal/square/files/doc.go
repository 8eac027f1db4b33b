// Package files keeps what people add to what they say: pictures and documents.
// It exists so that a file has no rights of its own: until it is attached only
// its owner sees it, from then on exactly those who see the item (TRUST P4).
//
// Nothing in a file can run. Pictures are taken apart and made anew, without
// where and when they were taken; everything else is only ever a download, with
// a type found from its bytes and a policy that forbids scripts.
//
// # Tables
//
// files_files.
//
// # Tells
//
// files.file.added, files.file.removed.
//
// # Hears
//
// Nothing. Files that were never attached are swept after a day.
//
// # Shows
//
// A file, its thumbnail, and the files of a group.
package files
