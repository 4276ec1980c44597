package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// supported says whether this system tells what the bench asks it for.
func supported() error { return nil }

// cpuOf returns the processor time that a process has used, in user and system
// mode. It is what /proc/PID/stat shows as utime and stime, in nanoseconds
// instead of hundredths of a second: a connection of PostgreSQL's is a process
// of its own and uses few of those.
func cpuOf(pid int) (time.Duration, error) {
	var t unix.Timespec
	clock := int32(^pid<<3 | 2) // the process's clock CPUCLOCK_SCHED, see clock_getcpuclockid(3)
	if err := unix.ClockGettime(clock, &t); err != nil {
		return 0, fmt.Errorf("the processor time of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// cpuOfTree returns the processor time of a process, of its children, and of
// those that have ended.
func cpuOfTree(pid int) (time.Duration, error) {
	total, err := cpuOf(pid)
	if err != nil {
		return 0, err
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	s, err := parseStat(string(text))
	if err != nil {
		return 0, err
	}
	total += s.ended
	list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pid))
	if err != nil {
		return 0, err
	}
	for _, field := range strings.Fields(string(list)) {
		child, err := strconv.Atoi(field)
		if err != nil {
			return 0, err
		}
		if used, err := cpuOf(child); err == nil { // it may have ended meanwhile
			total += used
		}
	}
	return total, nil
}

// parentOf returns the process that started a process.
func parentOf(pid int) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	s, err := parseStat(string(text))
	return s.parent, err
}

// mostMemory returns the most memory that a process has had at once, in MB: VmHWM.
func mostMemory(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kB float64
	_, err = fmt.Sscanf(rest, "%f kB", &kB)
	return kB / 1024, err
}

// memoryFile reports whether a path is on a file system that is kept in memory,
// where nothing waits for a disk.
func memoryFile(path string) bool {
	var s unix.Statfs_t
	return unix.Statfs(path, &s) == nil && (s.Type == unix.TMPFS_MAGIC || s.Type == unix.RAMFS_MAGIC)
}
