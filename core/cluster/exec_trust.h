// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_access.h"

namespace pilothouse::cluster {

/// Who may run programs for a credential. A kubeconfig from elsewhere is code: the programs of ~/.kube/config and of the files in KUBECONFIG run, as
/// kubectl runs them; each other one is run only after a person said so (`pilot connect trust NAME`). What is remembered is a digest of command,
/// arguments, environment and kubeconfig: another command is asked for anew. One file in the workspace's data folder, private to its owner. Any thread.
class ExecTrust {
public:
    /// `folder`: of the workspace's data; empty: nothing can be remembered.
    ExecTrust() = default;
    explicit ExecTrust(QString folder) : m_folder(std::move(folder)) {}
    bool isTrusted(const KubeExec &exec) const;
    /// A file that this person's kubectl uses already, and that is not open to everybody's writing.
    static bool isOwnFile(const QString &kubeconfig);
    static QString digest(const KubeExec &exec);
    /// "aws eks get-token --cluster-name c": as a person reads it, secrets of its arguments redacted.
    static QString line(const KubeExec &exec);
    /// The arguments alone, redacted: what follows --client-secret and the like, too.
    static QString arguments(const KubeExec &exec);
    Result<void> trust(const KubeExec &exec, const QString &who) const;
    Result<void> forget(const KubeExec &exec) const; ///< the way back; nothing to do if it was not trusted
    QString file() const;

private:
    QString m_folder;
};

} // namespace pilothouse::cluster
