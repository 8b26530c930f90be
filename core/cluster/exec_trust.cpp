// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/exec_trust.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/redact.h"
#include "core/cluster/kubeconfig.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

#include <QRegularExpression>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

/// Owned by this user, and not open to everybody's writing.
bool isPrivate(const QString &file) {
    struct stat s {};
    return ::stat(QFile::encodeName(file).constData(), &s) == 0 && s.st_uid == ::getuid() && (s.st_mode & S_IWOTH) == 0;
}

QJsonObject known(const QString &file) {
    if (!isPrivate(file))
        return {};
    const auto bytes = readFile(file);
    const auto object = bytes ? parseJsonObject(*bytes, file) : Result<QJsonObject>(bytes.error());
    return object ? *object : QJsonObject();
}

} // namespace

QString ExecTrust::file() const { return m_folder + QStringLiteral("/trusted-programs.json"); }

bool ExecTrust::isOwnFile(const QString &kubeconfig) {
    const QString real = QFileInfo(kubeconfig).canonicalFilePath();
    if (real.isEmpty() || !isPrivate(real))
        return false;
    for (const QString &own : kubeconfigFiles() + QStringList{QDir::homePath() + QStringLiteral("/.kube/config")})
        if (QFileInfo(own).canonicalFilePath() == real)
            return true;
    return false;
}

QString ExecTrust::digest(const KubeExec &exec) {
    QJsonArray environment;
    for (const auto &[name, value] : exec.environment)
        environment << QJsonArray{name, value};
    const QString canonical = QFileInfo(exec.file).canonicalFilePath();
    return sha256Hex(canonicalJson({{Q("command"), exec.command}, {Q("args"), QJsonArray::fromStringList(exec.args)}, {Q("env"), environment}, {Q("file"), canonical.isEmpty() ? exec.file : canonical}}));
}

QString ExecTrust::line(const KubeExec &exec) {
    QStringList words;
    for (const auto &[name, value] : exec.environment)
        words << name + QLatin1Char('=') + value;
    words << exec.command;
    return QStringList{redact(words.join(QLatin1Char(' '))), arguments(exec)}.join(exec.args.isEmpty() ? QString() : QStringLiteral(" "));
}

QString ExecTrust::arguments(const KubeExec &exec) {
    static const QRegularExpression secret(QStringLiteral("^--?.*(secret|token|password|passwd|passphrase|api[_-]?key|access[_-]?key)$"), QRegularExpression::CaseInsensitiveOption);
    QStringList words = exec.args;
    for (qsizetype i = 1; i < words.size(); ++i)
        if (secret.match(words[i - 1]).hasMatch() && !words[i].startsWith(QLatin1Char('-')))
            words[i] = QStringLiteral("•••");
    return redact(words.join(QLatin1Char(' ')));
}

bool ExecTrust::isTrusted(const KubeExec &exec) const { return isOwnFile(exec.file) || (!m_folder.isEmpty() && known(file()).contains(digest(exec))); }

Result<void> ExecTrust::trust(const KubeExec &exec, const QString &who) const {
    if (m_folder.isEmpty())
        return invalid(QStringLiteral("There is no folder to remember it in."), {}, QStringLiteral("Add a local connection to the workspace."));
    PH_TRY(makeFolder(m_folder, true));
    PH_ASSIGN(const FileLock lock, FileLock::acquire(file() + QStringLiteral(".lock")));
    QJsonObject all = known(file());
    all.insert(digest(exec), QJsonObject{{Q("command"), line(exec)}, {Q("file"), exec.file}, {Q("by"), who}, {Q("when"), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)}});
    return writeFileAtomically(file(), prettyJson(all));
}

Result<void> ExecTrust::forget(const KubeExec &exec) const {
    if (!QFileInfo::exists(file()))
        return {};
    PH_ASSIGN(const FileLock lock, FileLock::acquire(file() + QStringLiteral(".lock")));
    QJsonObject all = known(file());
    all.remove(digest(exec));
    return writeFileAtomically(file(), prettyJson(all));
}

} // namespace pilothouse::cluster
