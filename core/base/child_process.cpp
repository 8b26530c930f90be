// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/child_process.h"

#include "core/base/file.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QStandardPaths>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace pilothouse {

QString pilotProgram() {
    const QString chosen = qEnvironmentVariable("PILOTHOUSE_PILOT");
    if (!chosen.isEmpty())
        return chosen;
    const QString beside = QCoreApplication::applicationDirPath() + QStringLiteral("/pilot");
    if (QFileInfo(beside).isExecutable())
        return beside;
    return QStandardPaths::findExecutable(QStringLiteral("pilot"));
}

namespace {

struct Pipe {
    int read = -1, write = -1;
    bool open() {
        int fds[2];
        if (::pipe2(fds, O_CLOEXEC) != 0)
            return false;
        read = fds[0];
        write = fds[1];
        return true;
    }
    void closeRead() { closeOne(read); }
    void closeWrite() { closeOne(write); }
    static void closeOne(int &fd) {
        if (fd >= 0)
            ::close(fd);
        fd = -1;
    }
    ~Pipe() {
        closeRead();
        closeWrite();
    }
};

/// Arguments and environment as exec wants them; built before fork because nothing may allocate after it.
struct ExecImage {
    std::vector<QByteArray> argumentBytes, environmentBytes;
    std::vector<char *> argv, envp;
    void build(const QString &program, const QStringList &arguments, const QByteArray &extraVariable) {
        argumentBytes.push_back(QFile::encodeName(program));
        for (const QString &a : arguments)
            argumentBytes.push_back(QFile::encodeName(a));
        for (char **e = environ; *e; ++e)
            if (!QByteArray(*e).startsWith("PILOTHOUSE_SECRETS_FD="))
                environmentBytes.emplace_back(*e);
        if (!extraVariable.isEmpty())
            environmentBytes.push_back(extraVariable);
        for (QByteArray &b : argumentBytes)
            argv.push_back(b.data());
        for (QByteArray &b : environmentBytes)
            envp.push_back(b.data());
        argv.push_back(nullptr);
        envp.push_back(nullptr);
    }
};

QByteArray secretsJson(const QHash<QString, QString> &secrets) {
    QJsonObject object;
    for (auto it = secrets.begin(); it != secrets.end(); ++it)
        object.insert(it.key(), it.value());
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

/// In a child, before exec: every handler is the system's own again, and nothing is blocked. Only async-signal-safe calls.
void defaultSignals() {
    struct sigaction usual = {};
    usual.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number)
        ::sigaction(number, &usual, nullptr); // refused for SIGKILL, SIGSTOP and the two of the C library: they have none
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

/// fork(), but the child starts without our signal handlers: one that ran between fork and exec would write into our pipes.
pid_t forkUnsignalled() {
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid == 0)
        defaultSignals();
    else
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return pid;
}

std::mutex jobsLock;
std::vector<qint64> jobs;

/// Stands in runningJobs() as long as it lives.
class ListedJob {
public:
    explicit ListedJob(pid_t pid) : m_pid(pid) {
        const std::lock_guard guard(jobsLock);
        jobs.push_back(m_pid);
    }
    ~ListedJob() {
        const std::lock_guard guard(jobsLock);
        jobs.erase(std::find(jobs.begin(), jobs.end(), m_pid));
    }
    ListedJob(const ListedJob &) = delete;

private:
    qint64 m_pid;
};

/// Waits for the end of a child with a limit; true when it ended.
bool waitFor(pid_t pid, int *status, int seconds) {
    for (int i = 0; i < seconds * 20; ++i) {
        if (::waitpid(pid, status, WNOHANG) == pid)
            return true;
        ::usleep(50000);
    }
    return false;
}

} // namespace

Result<QJsonObject> runJob(const ChildJob &job, const std::function<void(const Event &)> &onEvent, std::stop_token token) {
    if (job.program.isEmpty())
        return notFound(QStringLiteral("The program `pilot` was not found."), {}, QStringLiteral("Install it beside `pilothouse`, or set PILOTHOUSE_PILOT."));
    Pipe out, err, secrets;
    if (!out.open() || !err.open() || !secrets.open())
        return fileError(QStringLiteral("open a pipe to"), job.program);
    ExecImage image;
    image.build(job.program, QStringList(job.arguments) << QStringLiteral("--events"),
                job.secrets.isEmpty() ? QByteArray() : "PILOTHOUSE_SECRETS_FD=" + QByteArray::number(secrets.read));
    const QByteArray folder = QFile::encodeName(job.workingDirectory);
    const pid_t parent = ::getpid();
    const pid_t pid = forkUnsignalled();
    if (pid < 0)
        return fileError(QStringLiteral("start"), job.program);
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM); // the console died: checkpoint and end
        if (::getppid() != parent)
            ::_exit(1);
        ::setpgid(0, 0);
        const int null = ::open("/dev/null", O_RDONLY);
        ::dup2(null, 0);
        ::dup2(out.write, 1);
        ::dup2(err.write, 2);
        if (!job.secrets.isEmpty())
            ::fcntl(secrets.read, F_SETFD, 0);
        if (!folder.isEmpty() && ::chdir(folder.constData()) != 0)
            ::_exit(127);
        ::setpriority(PRIO_PROCESS, 0, job.nice);
        ::execve(image.argv[0], image.argv.data(), image.envp.data());
        ::_exit(127);
    }
    const ListedJob listed(pid);
    out.closeWrite();
    err.closeWrite();
    secrets.closeRead();
    if (!job.secrets.isEmpty())
        (void)writeAll(secrets.write, secretsJson(job.secrets).constData(), std::size_t(secretsJson(job.secrets).size()), job.program);
    secrets.closeWrite();

    QByteArray pending, errors;
    std::optional<QJsonObject> result;
    std::optional<Error> error;
    const auto takeLine = [&](const QByteArray &line) {
        auto event = parseEvent(line);
        if (!event)
            return;
        if (event->name == QLatin1String("result"))
            result = event->fields.value(QLatin1String("result")).toObject();
        else if (event->name == QLatin1String("error"))
            error = errorFromJson(event->fields);
        if (onEvent)
            onEvent(*event);
    };
    using Clock = std::chrono::steady_clock;
    std::optional<Clock::time_point> killAt;
    bool stopped = false;
    char block[65536];
    while (out.read >= 0 || err.read >= 0) {
        if (token.stop_requested() && !stopped) {
            stopped = true;
            ::kill(pid, SIGTERM);
            killAt = Clock::now() + std::chrono::seconds(job.stopLimitSeconds);
        }
        if (killAt && Clock::now() > *killAt) {
            ::kill(-pid, SIGKILL);
            killAt.reset();
        }
        pollfd fds[2] = {{out.read, POLLIN, 0}, {err.read, POLLIN, 0}};
        if (::poll(fds, 2, 100) < 0 && errno != EINTR)
            break;
        if (fds[0].revents) {
            const ssize_t n = ::read(out.read, block, sizeof block);
            if (n <= 0)
                out.closeRead();
            else {
                pending.append(block, n);
                qsizetype end = 0;
                while ((end = pending.indexOf('\n')) >= 0) {
                    takeLine(pending.left(end));
                    pending.remove(0, end + 1);
                }
            }
        }
        if (fds[1].revents) {
            const ssize_t n = ::read(err.read, block, sizeof block);
            if (n <= 0)
                err.closeRead();
            else {
                errors.append(block, n);
                if (errors.size() > 64 * 1024)
                    errors = errors.right(32 * 1024);
            }
        }
    }
    int status = 0;
    if (!waitFor(pid, &status, job.stopLimitSeconds)) {
        ::kill(-pid, SIGKILL);
        ::waitpid(pid, &status, 0);
    }
    const bool ended = WIFEXITED(status);
    const int code = ended ? WEXITSTATUS(status) : -1;
    if (job.endedBy)
        *job.endedBy = ended || stopped ? 0 : WTERMSIG(status);
    if (stopped && !(ended && code == 0 && result))
        return cancelled();
    if (error)
        return *error;
    if (result && ended)
        return *result; // exit code 1 (the answer is no) comes with a result too; the caller reads it there
    Error e{ErrorKind::Internal, {}, job.program + QLatin1Char(' ') + job.arguments.value(0), {}, QString::fromUtf8(errors.right(4000))};
    if (!ended)
        e.what = QStringLiteral("The job was ended by signal %1%2.").arg(WTERMSIG(status)).arg(WTERMSIG(status) == SIGKILL ? QStringLiteral(" (the system may have run out of memory)") : QString());
    else
        e.what = QStringLiteral("The job ended with code %1 and gave no result.").arg(code);
    e.hint = QStringLiteral("Its last words are in the details.");
    return e;
}

std::vector<qint64> runningJobs() {
    const std::lock_guard guard(jobsLock);
    return jobs;
}

Result<qint64> startDetached(const QString &program, const QStringList &arguments, const QString &logFile) {
    PH_TRY(makeFolder(QFileInfo(logFile).absolutePath()));
    Pipe answer;
    if (!answer.open())
        return fileError(QStringLiteral("open a pipe to"), program);
    ExecImage image;
    image.build(program, arguments, {});
    const QByteArray log = QFile::encodeName(logFile);
    const pid_t pid = forkUnsignalled();
    if (pid < 0)
        return fileError(QStringLiteral("start"), program);
    if (pid == 0) {
        ::setsid();
        const pid_t inner = ::fork(); // so that init inherits it and no zombie is left
        if (inner != 0) {
            (void)!::write(answer.write, &inner, sizeof inner);
            ::_exit(0);
        }
        const int null = ::open("/dev/null", O_RDONLY);
        const int file = ::open(log.constData(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(null, 0);
        ::dup2(file, 1);
        ::dup2(file, 2);
        ::execve(image.argv[0], image.argv.data(), image.envp.data());
        ::_exit(127);
    }
    answer.closeWrite();
    pid_t inner = -1;
    ssize_t n = 0;
    do
        n = ::read(answer.read, &inner, sizeof inner);
    while (n < 0 && errno == EINTR);
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (n != sizeof inner || inner < 0)
        return fileError(QStringLiteral("start"), program);
    return qint64(inner);
}

} // namespace pilothouse
