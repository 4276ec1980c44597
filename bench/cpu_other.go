//go:build !linux

package main

import (
	"errors"
	"time"
)

var errNotLinux = errors.New("the bench runs on Linux only: it reads what each process uses of the processors from the kernel")

func supported() error { return errNotLinux }

func cpuOf(int) (time.Duration, error)     { return 0, errNotLinux }
func cpuOfTree(int) (time.Duration, error) { return 0, errNotLinux }
func parentOf(int) (int, error)            { return 0, errNotLinux }
func mostMemory(int) (float64, error)      { return 0, errNotLinux }
func memoryFile(string) bool               { return false }
