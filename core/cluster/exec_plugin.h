// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_access.h"

#include <QDateTime>

namespace pilothouse::cluster {

/// What a program gave: the credential and until when it counts (invalid: until the server refuses it).
struct ExecAnswer {
    KubeCredential credential;
    QDateTime expires;
};

/// The input of KUBERNETES_EXEC_INFO (kubernetes.io/docs/reference/config-api/client-authentication.v1). `caPem`: of the cluster, read from its file.
QByteArray execInfo(const KubeAccess &access, bool interactive, const QByteArray &caPem);
/// An ExecCredential as the program printed it. Invalid if it is none, of another apiVersion, without a credential, or with half a certificate.
Result<ExecAnswer> parseExecCredential(const QByteArray &printed, const QString &apiVersion, const QString &program);
/// The full path of the program: with a "/" by the folder of its kubeconfig, else by the PATH of this process and of the login shell. NotFound with the installHint.
Result<QString> execProgram(const KubeExec &exec);
/// Runs the program of an access. `terminal`: a person sits there (a program that wants one is refused otherwise). Errors: Denied (the program said no: its
/// standard error is in the text; or it needs a terminal), NotFound, TimedOut, Invalid, Cancelled. Blocking.
Result<ExecAnswer> runExec(const KubeAccess &access, bool terminal, std::stop_token token);

} // namespace pilothouse::cluster
