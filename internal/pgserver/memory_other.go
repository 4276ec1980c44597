//go:build !linux

package pgserver

func memoryDir() (dir string, ok bool) { return "", false }
