// SPDX-License-Identifier: GPL-3.0-or-later
// The stores that need no keychain: memory, environment, and the chain of several.
#include "core/secrets/secret_store.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <unistd.h>

namespace pilothouse::secrets {

namespace {

Error noEntry(const QString &secret, const QString &store) {
    return notFound(QStringLiteral("There is no secret “%1” in the %2.").arg(secret, store));
}

class Memory final : public SecretStore {
public:
    explicit Memory(QHash<QString, QString> initial) : m_values(std::move(initial)) {}
    QString name() const override { return QStringLiteral("memory"); }
    Result<QString> read(const QString &secret) override {
        const std::lock_guard lock(m_mutex);
        const auto found = m_values.constFind(secret);
        return found == m_values.constEnd() ? Result<QString>(noEntry(secret, name())) : Result<QString>(*found);
    }
    Result<void> write(const QString &secret, const QString &value) override {
        const std::lock_guard lock(m_mutex);
        m_values.insert(secret, value);
        return {};
    }
    Result<void> remove(const QString &secret) override {
        const std::lock_guard lock(m_mutex);
        return m_values.remove(secret) ? Result<void>() : Result<void>(noEntry(secret, name()));
    }

private:
    std::mutex m_mutex;
    QHash<QString, QString> m_values;
};

/// What the console handed over by the inherited pipe; read once, then the pipe is closed so that no child gets it.
const Result<QJsonObject> &handedOver() {
    static const Result<QJsonObject> all = []() -> Result<QJsonObject> {
        const QByteArray variable = qgetenv("PILOTHOUSE_SECRETS_FD");
        qunsetenv("PILOTHOUSE_SECRETS_FD");
        if (variable.isEmpty())
            return QJsonObject();
        bool number = false;
        const int fd = variable.toInt(&number);
        if (!number || fd < 3 || ::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
            return invalid(QStringLiteral("PILOTHOUSE_SECRETS_FD does not name an open pipe."), {}, QStringLiteral("It is set by the console only; unset it."));
        QByteArray bytes;
        char block[4096];
        for (;;) {
            const ssize_t n = ::read(fd, block, sizeof block);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0 || bytes.size() > (1 << 20))
                break;
            bytes.append(block, n);
        }
        ::close(fd);
        auto parsed = parseJsonObject(bytes, QStringLiteral("PILOTHOUSE_SECRETS_FD"));
        if (!parsed) // the reader's own text could quote the bytes
            return invalid(QStringLiteral("The secrets handed over by the console could not be read."), QStringLiteral("PILOTHOUSE_SECRETS_FD"));
        return *std::move(parsed);
    }();
    return all;
}

QByteArray variableName(const QString &secret) {
    QByteArray name = "PILOTHOUSE_SECRET_";
    for (const QChar c : secret.toUpper())
        name += (c >= QLatin1Char('A') && c <= QLatin1Char('Z')) || (c >= QLatin1Char('0') && c <= QLatin1Char('9')) ? char(c.unicode()) : '_';
    return name;
}

class Environment final : public SecretStore {
public:
    Environment() { (void)handedOver(); }
    QString name() const override { return QStringLiteral("environment"); }
    Result<QString> read(const QString &secret) override {
        if (!handedOver())
            return handedOver().error();
        if (const QJsonValue value = handedOver()->value(secret); value.isString())
            return value.toString();
        const QByteArray variable = variableName(secret);
        if (qEnvironmentVariableIsSet(variable.constData()))
            return qEnvironmentVariable(variable.constData());
        const QString file = qEnvironmentVariable((variable + "_FILE").constData());
        if (file.isEmpty())
            return notFound(QStringLiteral("There is no secret “%1” in the environment.").arg(secret), {},
                            QStringLiteral("Set %1, or %1_FILE to a file that holds it.").arg(QString::fromLatin1(variable)));
        PH_ASSIGN(QByteArray bytes, readFile(file));
        // Mounted secrets and editors end the file with a line feed that is not part of the secret.
        if (bytes.endsWith('\n'))
            bytes.chop(1);
        if (bytes.endsWith('\r'))
            bytes.chop(1);
        return QString::fromUtf8(bytes);
    }
    Result<void> write(const QString &, const QString &) override { return readOnly(); }
    Result<void> remove(const QString &) override { return readOnly(); }

private:
    static Error readOnly() {
        return refused(QStringLiteral("Secrets of the environment cannot be changed from here."), {}, QStringLiteral("Change the variable or the mounted file."));
    }
};

/// Which of several failures tells most: somebody said no, then a store that did not answer, then "not there".
int weight(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::NotFound: return 0;
    case ErrorKind::Refused: return 1;
    case ErrorKind::Unreachable: return 2;
    default: return 3;
    }
}

class Chained final : public SecretStore {
public:
    explicit Chained(std::vector<std::shared_ptr<SecretStore>> stores) : m_stores(std::move(stores)) {}
    QString name() const override {
        QStringList names;
        for (const auto &store : m_stores)
            names << store->name();
        return names.join(QStringLiteral(", "));
    }
    Result<QString> read(const QString &secret) override {
        std::optional<Error> worst;
        for (const auto &store : m_stores) {
            auto value = store->read(secret);
            if (value)
                return value;
            keep(worst, value.error());
        }
        return worst.value_or(noEntry(secret, name()));
    }
    Result<void> write(const QString &secret, const QString &value) override {
        std::optional<Error> worst;
        for (const auto &store : m_stores) {
            const auto done = store->write(secret, value);
            if (done)
                return {};
            keep(worst, done.error());
            if (done.error().kind == ErrorKind::Denied || done.error().kind == ErrorKind::Cancelled)
                break; // the user said no: do not put it somewhere else
        }
        return worst.value_or(refused(QStringLiteral("There is no store that could keep the secret “%1”.").arg(secret)));
    }
    Result<void> remove(const QString &secret) override {
        std::optional<Error> worst;
        bool removed = false;
        for (const auto &store : m_stores) {
            const auto done = store->remove(secret);
            if (done)
                removed = true;
            else
                keep(worst, done.error());
        }
        return removed ? Result<void>() : Result<void>(worst.value_or(noEntry(secret, name())));
    }

private:
    static void keep(std::optional<Error> &worst, const Error &error) {
        if (!worst || weight(error.kind) > weight(worst->kind))
            worst = error;
    }
    std::vector<std::shared_ptr<SecretStore>> m_stores;
};

} // namespace

std::shared_ptr<SecretStore> memoryStore(QHash<QString, QString> initial) { return std::make_shared<Memory>(std::move(initial)); }
std::shared_ptr<SecretStore> environmentStore() { return std::make_shared<Environment>(); }
std::shared_ptr<SecretStore> chainedStore(std::vector<std::shared_ptr<SecretStore>> stores) { return std::make_shared<Chained>(std::move(stores)); }
QString environmentVariable(const QString &secret) { return QString::fromLatin1(variableName(secret)); }
QString keychainKey(const QString &secret) { return QStringLiteral("pilothouse/%1").arg(secret); }

} // namespace pilothouse::secrets
