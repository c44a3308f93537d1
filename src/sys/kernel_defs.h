// Constants newer than Debian 12's headers, and glibc 2.36's gaps. Numbers are the kernel's ABI.
#pragma once

#include <sys/mount.h>
#include <sys/syscall.h>

// NOLINTBEGIN(readability-identifier-naming): the names are the kernel's.
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif
#ifndef MOUNT_ATTR__ATIME
#define MOUNT_ATTR__ATIME 0x00000070
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif
// NOLINTEND(readability-identifier-naming)
