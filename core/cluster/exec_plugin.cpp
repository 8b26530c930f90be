// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/exec_plugin.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/redact.h"
#include "core/base/run_program.h"

#include <QDir>
#include <QFileInfo>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
constexpr int quietMs = 60000, withPersonMs = 300000; ///< a person may have to log in by a browser

Error failed(const KubeExec &exec, const QString &program, ErrorKind kind, const QString &what, const QString &said) {
    const QString lines = redact(said.right(2000));
    return {kind, what + (lines.isEmpty() ? QString() : QStringLiteral(" It says: ") + lines), program, exec.installHint.isEmpty() ? QStringLiteral("Run it by hand to see what it needs: %1").arg(QStringList(QStringList{exec.command} + exec.args).join(Q(" "))) : redact(exec.installHint.trimmed()), lines};
}

} // namespace

QByteArray execInfo(const KubeAccess &access, bool interactive, const QByteArray &caPem) {
    QJsonObject spec{{Q("interactive"), interactive}};
    if (access.exec->provideClusterInfo) {
        QJsonObject cluster{{Q("server"), access.server}};
        if (!access.tlsServerName.isEmpty())
            cluster.insert(Q("tls-server-name"), access.tlsServerName);
        if (access.insecure)
            cluster.insert(Q("insecure-skip-tls-verify"), true);
        if (!caPem.isEmpty())
            cluster.insert(Q("certificate-authority-data"), QString::fromLatin1(caPem.toBase64()));
        if (!access.proxyUrl.isEmpty())
            cluster.insert(Q("proxy-url"), access.proxyUrl);
        if (!access.exec->clusterConfig.isUndefined() && !access.exec->clusterConfig.isNull())
            cluster.insert(Q("config"), access.exec->clusterConfig);
        spec.insert(Q("cluster"), cluster);
    }
    return compactJson(QJsonObject{{Q("apiVersion"), access.exec->apiVersion}, {Q("kind"), Q("ExecCredential")}, {Q("spec"), spec}});
}

Result<ExecAnswer> parseExecCredential(const QByteArray &printed, const QString &apiVersion, const QString &program) {
    const auto object = parseJsonObject(printed, program);
    const QString manual = QStringLiteral("It must print an ExecCredential of %1.").arg(apiVersion);
    if (!object || object->value(Q("kind")).toString() != Q("ExecCredential")) // its output may hold a secret: it is not shown
        return invalid(QStringLiteral("The program for the credential printed something else."), program, manual);
    if (const QString version = object->value(Q("apiVersion")).toString(); version != apiVersion)
        return invalid(QStringLiteral("The program for the credential speaks %1, and the kubeconfig says %2.").arg(version, apiVersion), program, QStringLiteral("Update the program, or correct apiVersion in the kubeconfig."));
    const QJsonObject status = object->value(Q("status")).toObject();
    ExecAnswer answer;
    const QString token = status.value(Q("token")).toString();
    if (!token.isEmpty())
        answer.credential.authorization = "Bearer " + token.toUtf8();
    answer.credential.certPem = status.value(Q("clientCertificateData")).toString().toUtf8();
    answer.credential.keyPem = status.value(Q("clientKeyData")).toString().toUtf8();
    if (answer.credential.certPem.isEmpty() != answer.credential.keyPem.isEmpty())
        return invalid(QStringLiteral("The program gave a client certificate or key without the other."), program, manual);
    if (token.isEmpty() && answer.credential.certPem.isEmpty())
        return invalid(QStringLiteral("The program gave neither a token nor a client certificate."), program, manual);
    if (const QString expires = status.value(Q("expirationTimestamp")).toString(); !expires.isEmpty()) {
        answer.expires = QDateTime::fromString(expires, Qt::ISODateWithMs);
        if (!answer.expires.isValid())
            return invalid(QStringLiteral("The program's expirationTimestamp “%1” is not a time.").arg(expires), program, manual);
    }
    return answer;
}

Result<QString> execProgram(const KubeExec &exec) {
    if (exec.command.contains(QLatin1Char('/')))
        return QDir::cleanPath(QDir(QFileInfo(exec.file).absolutePath()).absoluteFilePath(exec.command));
    auto found = findProgram(exec.command);
    if (!found) {
        Error error = found.error();
        error.where = exec.file;
        if (!exec.installHint.isEmpty())
            error.hint = exec.installHint.trimmed();
        return error;
    }
    return found;
}

Result<ExecAnswer> runExec(const KubeAccess &access, bool terminal, std::stop_token token) {
    const KubeExec &exec = *access.exec;
    const bool asks = terminal && exec.interactiveMode != Q("Never");
    if (exec.interactiveMode == Q("Always") && !terminal)
        return Error{ErrorKind::Denied, QStringLiteral("The program “%1” gives its credential in a terminal only (interactiveMode: Always).").arg(exec.command), exec.file,
                     QStringLiteral("Log in with it in a terminal, or use a context whose program asks nothing."), {}};
    PH_ASSIGN(const QString program, execProgram(exec));
    ProgramCall call;
    call.program = program;
    call.arguments = exec.args;
    QByteArray ca = access.caPem;
    if (exec.provideClusterInfo && ca.isEmpty() && !access.caFile.isEmpty()) {
        PH_ASSIGN(ca, readFile(access.caFile));
    }
    call.environment = {{QStringLiteral("PATH"), loginPath()}}; // it may start others
    call.environment.insert(call.environment.end(), exec.environment.begin(), exec.environment.end());
    call.environment.emplace_back(QStringLiteral("KUBERNETES_EXEC_INFO"), QString::fromUtf8(execInfo(access, asks, ca)));
    call.terminal = asks;
    call.limitMs = asks ? withPersonMs : quietMs;
    const auto said = runProgram(call, token);
    if (!said) {
        if (said.error().kind == ErrorKind::Cancelled)
            return said.error();
        Error error = failed(exec, program, said.error().kind, said.error().what, said.error().raw);
        return error;
    }
    if (said->code != 0)
        return failed(exec, program, ErrorKind::Denied, QStringLiteral("The program for the credential ended with code %1.").arg(said->code), said->error);
    auto answer = parseExecCredential(said->out, exec.apiVersion, program);
    if (!answer && !said->error.isEmpty()) {
        Error error = answer.error();
        error.raw = redact(said->error.right(2000));
        return error;
    }
    return answer;
}

} // namespace pilothouse::cluster
