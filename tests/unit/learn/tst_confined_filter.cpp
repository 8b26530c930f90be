// SPDX-License-Identifier: GPL-3.0-or-later
// The filters, put before calls by hand, and then before real ones in a child.
#include "core/learn/confined_filter.h"

#include <QTest>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <span>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace pilothouse::learn;

namespace {

#if defined(__x86_64__)
constexpr quint32 here = AUDIT_ARCH_X86_64;
#else
constexpr quint32 here = AUDIT_ARCH_AARCH64;
#endif
constexpr quint32 refused = SECCOMP_RET_ERRNO | EPERM, absent = SECCOMP_RET_ERRNO | ENOSYS;

/// What the kernel would answer, by the part of its filter language that the filters are written in; −1: another part, or beyond the end.
qint64 decide(const QByteArray &bytes, const seccomp_data &call) {
    const std::span code(reinterpret_cast<const sock_filter *>(bytes.constData()), std::size_t(bytes.size()) / sizeof(sock_filter));
    quint32 value = 0;
    for (std::size_t at = 0; at < code.size(); ++at) {
        const sock_filter &step = code[at];
        switch (step.code) {
        case BPF_LD | BPF_W | BPF_ABS: std::memcpy(&value, reinterpret_cast<const char *>(&call) + step.k, sizeof value); break;
        case BPF_RET | BPF_K: return step.k;
        case BPF_JMP | BPF_JEQ | BPF_K: at += value == step.k ? step.jt : step.jf; break;
        case BPF_JMP | BPF_JGT | BPF_K: at += value > step.k ? step.jt : step.jf; break;
        case BPF_JMP | BPF_JSET | BPF_K: at += value & step.k ? step.jt : step.jf; break;
        default: return -1;
        }
    }
    return -1;
}

qint64 decide(const QByteArray &bytes, long number, quint64 first = 0, quint64 second = 0) {
    seccomp_data call{};
    call.nr = int(number);
    call.arch = here;
    call.args[0] = first;
    call.args[1] = second;
    return decide(bytes, call);
}

/// Runs `body` in a child behind the filter and gives what it returns; −1: it was killed, or the kernel does not take the filter.
int behind(const QByteArray &filter, const std::function<int()> &body) {
    const pid_t child = ::fork();
    if (child == 0) {
        sock_fprog program{static_cast<unsigned short>(std::size_t(filter.size()) / sizeof(sock_filter)), reinterpret_cast<sock_filter *>(const_cast<char *>(filter.constData()))};
        if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
            ::_exit(255);
        ::_exit(body());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) != 255 ? WEXITSTATUS(status) : -1;
}

} // namespace

class TestConfinedFilter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        if (confinedFilter().isEmpty())
            QSKIP("there is no filter for this kind of processor");
    }

    void callsAreJudged_data() {
        QTest::addColumn<qint64>("call");
        QTest::addColumn<quint64>("first");
        QTest::addColumn<quint64>("second");
        QTest::addColumn<qint64>("answer");
        const auto row = [](const char *name, long call, quint64 first, quint64 second, quint32 answer) { QTest::newRow(name) << qint64(call) << first << second << qint64(answer); };
        row("read", SYS_read, 0, 0, SECCOMP_RET_ALLOW);
        row("openat", SYS_openat, 0, 0, SECCOMP_RET_ALLOW);
        row("mmap", SYS_mmap, 0, 0, SECCOMP_RET_ALLOW);
        row("prctl, by which the second filter is set", SYS_prctl, 0, 0, SECCOMP_RET_ALLOW);
        row("execve, by which it begins", SYS_execve, 0, 0, SECCOMP_RET_ALLOW);
        row("socket", SYS_socket, AF_INET, 0, refused);
        row("a socket within the machine", SYS_socket, AF_UNIX, 0, refused);
        row("ptrace", SYS_ptrace, 0, 0, refused);
        row("mount", SYS_mount, 0, 0, refused);
        row("unshare", SYS_unshare, 0, 0, refused);
        row("setns", SYS_setns, 0, 0, refused);
        row("keyctl", SYS_keyctl, 0, 0, refused);
        row("bpf", SYS_bpf, 0, 0, refused);
        row("io_uring", SYS_io_uring_setup, 0, 0, refused);
        row("memory that is a file", SYS_memfd_create, 0, 0, refused);
        row("room on a disk", SYS_fallocate, 0, 0, refused);
        row("a thread as glibc makes it", SYS_clone, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID, 0, SECCOMP_RET_ALLOW);
        row("a process as fork makes it", SYS_clone, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, 0, refused);
        row("a process as posix_spawn makes it", SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, refused);
        row("a thread in another network", SYS_clone, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWNET, 0, refused);
        row("clone3", SYS_clone3, 0, 0, absent);
        row("a call of tomorrow", 451, 0, 0, absent);
        row("a call by the numbers of x32", 0x40000000L + SYS_read, 0, 0, absent);
        row("a negative number", -1, 0, 0, absent);
        row("keys typed into a terminal", SYS_ioctl, 0, TIOCSTI, refused);
        row("keys typed with a mark in the upper half", SYS_ioctl, 0, (quint64(1) << 32) | TIOCSTI, refused);
        row("another ioctl", SYS_ioctl, 0, FIONREAD, SECCOMP_RET_ALLOW);
    }
    void callsAreJudged() {
        QFETCH(qint64, call);
        QFETCH(quint64, first);
        QFETCH(quint64, second);
        QFETCH(qint64, answer);
        QCOMPARE(decide(confinedFilter(), call, first, second), answer);
    }

    void aCallOfAnotherProcessorKills() {
        seccomp_data call{};
        call.nr = SYS_read;
        call.arch = AUDIT_ARCH_I386;
        QCOMPARE(decide(confinedFilter(), call), qint64(SECCOMP_RET_KILL_PROCESS));
        QCOMPARE(decide(noProgramFilter(), call), qint64(SECCOMP_RET_KILL_PROCESS));
    }

    void theSecondRefusesProgramsAndNothingElse() {
        for (long call = 0; call <= 500; ++call)
            QCOMPARE(decide(noProgramFilter(), call), qint64(call == SYS_execve || call == SYS_execveat ? refused : SECCOMP_RET_ALLOW));
    }

    /// The kernel takes them, and means the same.
    void theyHold() {
        const auto code = [](bool refusedIt) { return refusedIt && errno == EPERM ? 7 : 8; };
        QCOMPARE(behind(confinedFilter(), [&] { return code(::socket(AF_INET, SOCK_STREAM, 0) < 0); }), 7);
        QCOMPARE(behind(confinedFilter(), [&] {
            const pid_t child = ::fork();
            if (child == 0)
                ::_exit(0);
            return code(child < 0);
        }), 7);
        QCOMPARE(behind(confinedFilter(), [&] { return code(::unshare(CLONE_NEWUSER) != 0); }), 7);
        QCOMPARE(behind(confinedFilter(), [] { // threads are needed for arithmetic
            pthread_t thread;
            int token = 0;
            if (::pthread_create(&thread, nullptr, [](void *given) { return given; }, &token) != 0)
                return 8;
            void *back = nullptr;
            return ::pthread_join(thread, &back) == 0 && back == &token ? 7 : 9;
        }), 7);
        QCOMPARE(behind(noProgramFilter(), [&] {
            char name[] = "/bin/true", *arguments[] = {name, nullptr};
            return code(::execv(name, arguments) != 0);
        }), 7);
        QCOMPARE(behind(confinedFilter(), [] {
            char name[] = "/bin/true", *arguments[] = {name, nullptr};
            ::execv(name, arguments);
            return 8;
        }), 0);
    }
};

QTEST_GUILESS_MAIN(TestConfinedFilter)
#include "tst_confined_filter.moc"
