//go:build linux || darwin || freebsd

package admin

import "syscall"

// diskOf asks how much room the disk of a folder has for who is not root.
func diskOf(folder string) Disk {
	var st syscall.Statfs_t
	if folder == "" || syscall.Statfs(folder, &st) != nil {
		return Disk{}
	}
	return Disk{Free: int64(st.Bavail) * int64(st.Bsize), Size: int64(st.Blocks) * int64(st.Bsize), Known: true}
}
