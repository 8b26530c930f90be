// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/confined_child.h"

#include "core/base/file.h"
#include "core/base/harmless_text.h"
#include "core/learn/confined_filter.h"

#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace pilothouse::learn {

namespace {

constexpr int openFiles = 512;
constexpr qint64 lastWords = 4000; ///< bytes of standard error that an error tells

/// Bytes as an open file that has no name, for a child to read from the beginning, or to write.
class BytesFile {
public:
    static Result<BytesFile> of(const QByteArray &bytes) {
        BytesFile file;
        file.m_fd = ::memfd_create("pilothouse", MFD_CLOEXEC);
        if (file.m_fd < 0)
            return fileError(QStringLiteral("make a file in memory for"), QStringLiteral("bwrap"));
        PH_TRY(writeAll(file.m_fd, bytes.constData(), std::size_t(bytes.size()), QStringLiteral("bwrap")));
        if (::lseek(file.m_fd, 0, SEEK_SET) != 0)
            return fileError(QStringLiteral("rewind a file for"), QStringLiteral("bwrap"));
        return file;
    }
    BytesFile(BytesFile &&other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    BytesFile &operator=(BytesFile &&) = delete;
    ~BytesFile() {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    int fd() const { return m_fd; }

private:
    BytesFile() = default;
    int m_fd = -1;
};

using SystemLimits = std::vector<std::pair<decltype(RLIMIT_AS), rlimit>>;

/// In the child, before bwrap begins: nothing of ours stays open but what it is handed, no key pressed in our terminal reaches it, and the
/// limits hold for all that follows. Only async-signal-safe calls.
void enterLimits(const SystemLimits &limits, const std::vector<int> &handed) {
    ::setsid();
    if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) // Linux before 5.11
        for (int fd = 3; fd < 4096; ++fd)
            ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    for (const int fd : handed)
        ::fcntl(fd, F_SETFD, 0);
    for (const auto &[which, limit] : limits)
        ::setrlimit(which, &limit);
}

SystemLimits limitsOf(const ConfinedLimits &limits) {
    const double cores = std::max(1u, std::thread::hardware_concurrency());
    SystemLimits out;
    const auto add = [&](decltype(RLIMIT_AS) which, double value) {
        rlimit limit{};
        ::getrlimit(which, &limit); // one that is tighter already stays so: it could not be raised
        limit.rlim_max = std::min(limit.rlim_max, rlim_t(std::clamp(value, 0.0, 1e15)));
        limit.rlim_cur = limit.rlim_max;
        out.emplace_back(which, limit);
    };
    add(RLIMIT_AS, double(limits.memoryBytes));
    add(RLIMIT_CPU, std::ceil(limits.seconds * cores) + 1);
    add(RLIMIT_FSIZE, double(limits.fileBytes));
    add(RLIMIT_NOFILE, openFiles);
    add(RLIMIT_CORE, 0);
    add(RLIMIT_RTPRIO, 0); // what is computed here goes before nothing else on this machine
    add(RLIMIT_NICE, 0);
    return out;
}

Error noConfinement(const QString &words) {
    // Where AppArmor gives a user namespace no rights (Ubuntu), bwrap fails at the first thing that needs one: its loopback device, or the map.
    const bool namespaces = words.contains(QLatin1String("namespace")) || words.contains(QLatin1String("uid map")) || words.contains(QLatin1String("loopback"));
    return {ErrorKind::Unreachable,
            namespaces ? QStringLiteral("This system does not let bubblewrap make a user namespace, so the model was not loaded.") : QStringLiteral("bubblewrap could not make the confinement, so the model was not loaded."),
            QStringLiteral("bwrap"),
            namespaces ? QStringLiteral("Allow it (Debian: sysctl kernel.unprivileged_userns_clone=1; Ubuntu: an AppArmor profile for bwrap, or sysctl kernel.apparmor_restrict_unprivileged_userns=0; not in a chroot; in a container it must be "
                                        "allowed from outside), or score the model by its endpoint.")
                       : QStringLiteral("Its own words are in the details. The model can also be scored by its endpoint."),
            words};
}

} // namespace

QStringList confinementArguments(const ConfinedProgram &program, const ConfinedLimits &limits) {
    QStringList out{QStringLiteral("--unshare-user"), QStringLiteral("--unshare-ipc"), QStringLiteral("--unshare-pid"), QStringLiteral("--unshare-net"), QStringLiteral("--unshare-uts"), QStringLiteral("--unshare-cgroup-try"),
                    QStringLiteral("--new-session"), QStringLiteral("--die-with-parent"), QStringLiteral("--clearenv")};
    const auto add = [&](const char *option, std::initializer_list<QString> values) { (out << QLatin1String(option)) += QStringList(values); };
    const QString nobody = QStringLiteral("65534"), size = QString::number(limits.fileBytes);
    add("--uid", {nobody});
    add("--gid", {nobody});
    add("--hostname", {QStringLiteral("confined")});
    add("--cap-drop", {QStringLiteral("ALL")});
    add("--setenv", {QStringLiteral("PATH"), QStringLiteral("/usr/bin:/bin")});
    add("--setenv", {QStringLiteral("HOME"), QStringLiteral("/tmp")});
    add("--setenv", {QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8")});
    for (const auto &[name, value] : program.variables)
        add("--setenv", {name, value});
    add("--ro-bind", {QStringLiteral("/usr"), QStringLiteral("/usr")});
    for (const char *name : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
        const QFileInfo info{QLatin1String(name)};
        if (info.isSymLink())
            add("--symlink", {info.symLinkTarget(), info.filePath()});
        else if (info.isDir())
            add("--ro-bind", {info.filePath(), info.filePath()});
    }
    // What libraries are found by; Debian's numerical ones through /etc/alternatives.
    for (const char *name : {"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime"})
        add("--ro-bind-try", {QLatin1String(name), QLatin1String(name)});
    add("--proc", {QStringLiteral("/proc")});
    add("--dev", {QStringLiteral("/dev")});
    for (const char *folder : {"/dev/shm", "/tmp"}) {
        add("--size", {size});
        add("--tmpfs", {QLatin1String(folder)});
    }
    for (const QString &folder : program.folders)
        add("--ro-bind", {folder, folder});
    for (const auto &[outside, inside] : program.files)
        add("--ro-bind", {outside, inside});
    return out;
}

struct ConfinedChild::Impl {
    explicit Impl(BytesFile file) : errors(std::move(file)) {}

    QProcess process;
    BytesFile errors; ///< its standard error: a file has a limit, a pipe that we read has none; and it lies in no folder of ours
    std::stop_token stop;
    double seconds = 0;
    std::chrono::steady_clock::time_point end;
    QByteArray arrived;
    bool spoke = false;

    void kill();
    QString words();
    Error ended();
};

void ConfinedChild::Impl::kill() {
    process.kill(); // bwrap's first process; all the others die with it
    process.waitForFinished(5000);
}

QString ConfinedChild::Impl::words() {
    QFile file;
    if (!file.open(errors.fd(), QIODevice::ReadOnly))
        return {};
    file.seek(std::max<qint64>(0, file.size() - lastWords));
    return harmlessText(QString::fromUtf8(file.read(lastWords)));
}

/// Why nothing more comes from a child that is dead.
Error ConfinedChild::Impl::ended() {
    const QString said = words();
    if (!spoke && said.startsWith(QLatin1String("bwrap: ")))
        return noConfinement(said);
    // bwrap tells the signal that ended its child as a shell does, by a code above 128.
    const int code = process.exitCode(), signal = process.exitStatus() == QProcess::CrashExit ? code : code > 128 ? code - 128 : 0;
    Error error = invalid(QStringLiteral("The confined program ended by itself with code %1 before it had answered.").arg(code));
    if (signal == SIGKILL)
        error.what = QStringLiteral("The confined program was killed: it used up its CPU time, or the system has run out of memory.");
    else if (signal != 0)
        error.what = QStringLiteral("The confined program was ended by signal %1 (%2).").arg(signal).arg(QString::fromLocal8Bit(::strsignal(signal)));
    error.raw = said;
    return error;
}

ConfinedChild::ConfinedChild(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

ConfinedChild::~ConfinedChild() {
    if (m_impl->process.state() != QProcess::NotRunning)
        m_impl->kill();
}

Result<std::unique_ptr<ConfinedChild>> ConfinedChild::start(const ConfinedProgram &program, const ConfinedLimits &limits, std::stop_token stop) {
    const QString bwrap = QStandardPaths::findExecutable(QStringLiteral("bwrap"));
    if (bwrap.isEmpty())
        return Error{ErrorKind::Unreachable, QStringLiteral("bubblewrap (bwrap) is not installed, and nothing is confined without it."), {}, QStringLiteral("Install it: apt-get install bubblewrap. Or score the model by its endpoint."), {}};
    const QByteArray filter = confinedFilter();
    if (filter.isEmpty())
        return Error{ErrorKind::Unreachable, QStringLiteral("For this kind of processor there is no filter of system calls, and nothing is confined without it."), {}, QStringLiteral("Do it on x86-64 or ARM64, or score the model by its endpoint."), {}};
    QStringList arguments = confinementArguments(program, limits);
    std::vector<BytesFile> files;
    std::vector<int> handed;
    const auto hand = [&](const QByteArray &bytes) -> Result<QString> {
        PH_ASSIGN(BytesFile file, BytesFile::of(bytes));
        handed.push_back(file.fd());
        files.push_back(std::move(file));
        return QString::number(handed.back());
    };
    for (const auto &[bytes, inside] : program.texts) {
        PH_ASSIGN(const QString number, hand(bytes));
        arguments << QStringLiteral("--ro-bind-data") << number << inside;
    }
    PH_ASSIGN(const QString number, hand(filter));
    // Once all is in its place. /proc, too: by it one process writes the memory of another, and who is root outside the settings of the kernel.
    for (const char *folder : {"/proc", "/dev", "/"})
        arguments << QStringLiteral("--remount-ro") << QLatin1String(folder);
    arguments << QStringLiteral("--chdir") << QStringLiteral("/tmp") << QStringLiteral("--seccomp") << number << QStringLiteral("--") << program.program << program.arguments;

    PH_ASSIGN(BytesFile errors, BytesFile::of({}));
    auto impl = std::make_unique<Impl>(std::move(errors));
    impl->stop = std::move(stop);
    impl->seconds = limits.seconds;
    impl->end = std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(std::min(limits.seconds, 1e9)));
    // bwrap itself starts without our environment too: a process can be asked for the one that it was started with.
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("PATH"), QStringLiteral("/usr/bin:/bin"));
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    impl->process.setProcessEnvironment(environment);
    impl->process.setStandardErrorFile(QStringLiteral("/proc/self/fd/%1").arg(impl->errors.fd()));
    impl->process.setChildProcessModifier([limits = limitsOf(limits), handed] { enterLimits(limits, handed); });
    impl->process.start(bwrap, arguments);
    if (!impl->process.waitForStarted())
        return Error{ErrorKind::Unreachable, QStringLiteral("bubblewrap could not be started."), bwrap, {}, impl->process.errorString()};
    return std::unique_ptr<ConfinedChild>(new ConfinedChild(std::move(impl)));
}

void ConfinedChild::send(const QByteArray &bytes) { m_impl->process.write(bytes); }

Result<QByteArray> ConfinedChild::receive(qsizetype count) {
    Impl &i = *m_impl;
    while (i.arrived.size() < count) {
        if (i.stop.stop_requested()) {
            i.kill();
            return cancelled();
        }
        if (std::chrono::steady_clock::now() >= i.end) {
            i.kill();
            return Error{ErrorKind::TimedOut, QStringLiteral("The confined program had not answered when its run time of %1 s was over.").arg(i.seconds), {}, {}, i.words()};
        }
        const bool dead = i.process.state() == QProcess::NotRunning; // looked at first: what it wrote before is read below
        if (!dead)
            i.process.waitForReadyRead(100);
        const QByteArray more = i.process.readAllStandardOutput();
        i.spoke = i.spoke || !more.isEmpty();
        i.arrived += more;
        if (dead && more.isEmpty())
            return i.ended();
    }
    QByteArray taken = i.arrived.left(count);
    i.arrived.remove(0, count);
    return taken;
}

} // namespace pilothouse::learn
