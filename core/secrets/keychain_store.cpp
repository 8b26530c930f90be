// SPDX-License-Identifier: GPL-3.0-or-later
// The only file that sees QtKeychain. Its jobs need an event loop and one queue (JobExecutor) that is bound to a thread,
// so all jobs of the program run in one worker thread; callers wait on a promise and need no event loop of their own.
#include "core/secrets/secret_store.h"

#include "core/base/redact.h"

#include <qt6keychain/keychain.h>

#include <QCoreApplication>
#include <QFileInfo>
#include <QThread>

#include <chrono>
#include <future>
#include <mutex>
#include <utility>

namespace pilothouse::secrets {

namespace {

constexpr std::chrono::seconds answerLimit{10};
const QString &service() {
    static const QString name = QStringLiteral("pilothouse");
    return name;
}

struct Answer {
    QKeychain::Error error = QKeychain::NoError;
    QString message, text;
};

/// The thread in which the jobs run. Made at the first use, ended with the application; later calls find no keychain.
class Worker {
public:
    static Worker *instance() {
        static std::mutex mutex;
        static bool ended = false;
        static Worker *worker = nullptr;
        const std::lock_guard lock(mutex);
        if (!worker && !ended && QCoreApplication::instance()) {
            worker = new Worker;
            qAddPostRoutine([] {
                const std::lock_guard again(mutex);
                ended = true;
                delete std::exchange(worker, nullptr);
            });
        }
        return worker;
    }

    /// Runs `make(promise)` in the worker thread and waits for its answer, at most ten seconds.
    template<class Make>
    Result<Answer> ask(Make make) {
        auto promise = std::make_shared<std::promise<Answer>>();
        auto future = promise->get_future();
        QMetaObject::invokeMethod(&m_context, [make, promise] { make(promise); }, Qt::QueuedConnection);
        if (future.wait_for(answerLimit) != std::future_status::ready)
            return Error{ErrorKind::TimedOut, QStringLiteral("The keychain did not answer within 10 seconds."), {},
                         QStringLiteral("Unlock it (a dialogue of the desktop may be waiting), then try again."), {}};
        try {
            return future.get();
        } catch (const std::future_error &) { // the worker ended before it came to this job
            return Error{ErrorKind::Unreachable, QStringLiteral("The program is ending; the keychain was not asked."), {}, {}, {}};
        }
    }

private:
    Worker() {
        m_thread.setObjectName(QStringLiteral("keychain"));
        m_context.moveToThread(&m_thread);
        m_thread.start();
    }
    ~Worker() {
        m_thread.quit();
        m_thread.wait(2000);
    }
    QThread m_thread;
    QObject m_context;
};

/// Connects the end of a job to the promise and starts it; call in the worker thread. The job deletes itself.
template<class Job, class Read>
void start(Job *job, const QString &secret, const std::shared_ptr<std::promise<Answer>> &promise, Read read) {
    job->setKey(keychainKey(secret));
    job->setInsecureFallback(false);
    QObject::connect(job, &QKeychain::Job::finished, job, [promise, job, read](QKeychain::Job *) {
        promise->set_value({job->error(), job->errorString(), read(job)});
    });
    job->start();
}

/// Without a session bus there is no secret service, and libsecret would try to launch a bus: say so at once.
bool sessionBusThere() {
    if (!qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS"))
        return true;
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return !runtime.isEmpty() && QFileInfo::exists(runtime + QStringLiteral("/bus"));
}

Error noKeychain(const QString &why, const QString &secret) {
    return {ErrorKind::Unreachable, QStringLiteral("There is no keychain here (%1).").arg(why), {},
            QStringLiteral("Start a desktop session with a secret service (gnome-keyring, KWallet), or give the secret “%1” in %2.").arg(secret, environmentVariable(secret)), {}};
}

Result<QString> judged(const QString &secret, Result<Answer> answer) {
    if (!answer)
        return std::move(answer).error();
    const QString raw = redact(answer->message);
    switch (answer->error) {
    case QKeychain::NoError: return answer->text;
    case QKeychain::EntryNotFound:
        return notFound(QStringLiteral("The keychain holds no secret “%1”.").arg(secret), {},
                        QStringLiteral("Store it: pilot connect add … --secret %1 --secret-from-stdin").arg(secret));
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
        return Error{ErrorKind::Denied, QStringLiteral("Access to the secret “%1” in the keychain was denied.").arg(secret), {},
                     QStringLiteral("Unlock the keychain and try again."), raw};
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented: return noKeychain(QStringLiteral("no secret service answers"), secret);
    default: break;
    }
    Error error = noKeychain(QStringLiteral("the secret service failed"), secret);
    error.raw = raw;
    return error;
}

class Keychain final : public SecretStore {
public:
    QString name() const override { return QStringLiteral("keychain"); }

    Result<QString> read(const QString &secret) override {
        return run(secret, [secret](const auto &promise) {
            start(new QKeychain::ReadPasswordJob(service()), secret, promise, [](QKeychain::ReadPasswordJob *job) { return job->textData(); });
        });
    }
    Result<void> write(const QString &secret, const QString &value) override {
        const auto done = run(secret, [secret, value](const auto &promise) {
            auto *job = new QKeychain::WritePasswordJob(service());
            job->setTextData(value);
            start(job, secret, promise, [](QKeychain::WritePasswordJob *) { return QString(); });
        });
        return done ? Result<void>() : done.error();
    }
    Result<void> remove(const QString &secret) override {
        // libsecret reports nothing when it removes nothing.
        if (const auto there = read(secret); !there)
            return there.error();
        const auto done = run(secret, [secret](const auto &promise) {
            start(new QKeychain::DeletePasswordJob(service()), secret, promise, [](QKeychain::DeletePasswordJob *) { return QString(); });
        });
        return done ? Result<void>() : done.error();
    }

private:
    template<class Make>
    Result<QString> run(const QString &secret, Make make) {
        if (!sessionBusThere())
            return noKeychain(QStringLiteral("no D-Bus session"), secret);
        Worker *worker = Worker::instance();
        if (!worker)
            return noKeychain(QStringLiteral("the program is ending"), secret);
        return judged(secret, worker->ask(make));
    }
};

} // namespace

std::shared_ptr<SecretStore> keychainStore() { return std::make_shared<Keychain>(); }

} // namespace pilothouse::secrets
