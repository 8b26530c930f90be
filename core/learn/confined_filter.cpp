// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/confined_filter.h"

#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <vector>

namespace pilothouse::learn {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t architecture = 0;
#endif

constexpr std::uint32_t refused = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t absent = SECCOMP_RET_ERRNO | ENOSYS;
/// set_mempolicy_home_node, Linux 5.17, the newest call judged here; calls of all processors are numbered alike from 424 on. Above it also
/// lie the calls of x32 (bit 30).
constexpr std::uint32_t newestCall = 450;
constexpr std::uint32_t newNamespace = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

constexpr std::uint32_t refusedCalls[] = {
    // network, also between processes of this machine
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
    // other processes
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise, SYS_pidfd_open, SYS_pidfd_getfd, SYS_pidfd_send_signal, SYS_kcmp,
    SYS_unshare, SYS_setns,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
    // file systems
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr,
    SYS_swapon, SYS_swapoff, SYS_quotactl, SYS_quotactl_fd, SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_fanotify_init, SYS_fanotify_mark,
    // room on a disk beyond the end of a file, which RLIMIT_FSIZE does not count on every file system
    SYS_fallocate,
    // memory that no limit of ours counts
    SYS_memfd_create, SYS_shmget, SYS_shmat, SYS_shmctl, SYS_msgget, SYS_semget, SYS_mq_open,
#ifdef SYS_memfd_secret
    SYS_memfd_secret,
#endif
    // the kernel itself, and doors into it that were often left open
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_seccomp, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_io_setup,
    SYS_splice, SYS_tee, SYS_vmsplice, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib, SYS_ustat, SYS_sysfs,
#endif
    SYS_reboot, SYS_acct, SYS_syslog, SYS_personality, SYS_vhangup, SYS_lookup_dcookie, SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime,
    SYS_sethostname, SYS_setdomainname};

/// Builds a program in order. One value is looked at by the tests that follow its load().
class Program {
public:
    Program() {
        load(offsetof(seccomp_data, arch));
        m_code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0));
        answer(SECCOMP_RET_KILL_PROCESS);
        load(offsetof(seccomp_data, nr));
    }
    void load(std::size_t offset) { m_code.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, std::uint32_t(offset))); }
    /// The lower half of an argument.
    void loadArgument(std::size_t number) {
        load(offsetof(seccomp_data, args) + 8 * number + (std::endian::native == std::endian::big ? 4 : 0));
    }
    void answer(std::uint32_t action) { m_code.push_back(BPF_STMT(BPF_RET | BPF_K, action)); }
    void ifEqual(std::uint32_t value, std::uint32_t action) { test(BPF_JEQ, value, action); }
    void ifAbove(std::uint32_t value, std::uint32_t action) { test(BPF_JGT, value, action); }
    void ifAnyBit(std::uint32_t bits, std::uint32_t action) { test(BPF_JSET, bits, action); }
    /// What `part` adds is run if the value is this one, and must end by an answer.
    template<class Part>
    void whenEqual(std::uint32_t value, Part part) {
        const std::size_t jump = m_code.size();
        m_code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 0));
        part();
        m_code[jump].jf = std::uint8_t(m_code.size() - jump - 1);
    }
    QByteArray bytes() const {
        return architecture == 0 ? QByteArray() : QByteArray(reinterpret_cast<const char *>(m_code.data()), qsizetype(m_code.size() * sizeof(sock_filter)));
    }

private:
    void test(std::uint16_t comparison, std::uint32_t value, std::uint32_t action) {
        m_code.push_back(BPF_JUMP(std::uint16_t(BPF_JMP | BPF_K | comparison), value, 0, 1));
        answer(action);
    }
    std::vector<sock_filter> m_code;
};

} // namespace

QByteArray confinedFilter() {
    Program program;
    program.ifAbove(newestCall, absent);
    program.ifEqual(SYS_clone3, absent);
    for (const std::uint32_t call : refusedCalls)
        program.ifEqual(call, refused);
    program.whenEqual(SYS_clone, [&] { // a thread, not a process
        program.loadArgument(0);
        program.ifAnyBit(newNamespace, refused);
        program.ifAnyBit(CLONE_THREAD, SECCOMP_RET_ALLOW);
        program.answer(refused);
    });
    program.whenEqual(SYS_ioctl, [&] { // keys typed into the terminal of another
        program.loadArgument(1);
        program.ifEqual(TIOCSTI, refused);
        program.ifEqual(TIOCLINUX, refused);
        program.answer(SECCOMP_RET_ALLOW);
    });
    program.answer(SECCOMP_RET_ALLOW);
    return program.bytes();
}

QByteArray noProgramFilter() {
    Program program;
    program.ifEqual(SYS_execve, refused);
    program.ifEqual(SYS_execveat, refused);
    program.answer(SECCOMP_RET_ALLOW);
    return program.bytes();
}

} // namespace pilothouse::learn
