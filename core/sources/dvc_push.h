// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/dvc_remote.h"

#include <QJsonArray>

namespace pilothouse::sources {

/// One object that a DVC push sends.
struct DvcObject {
    DvcHash hash;
    qint64 bytes = 0;
};

/// Sending what a DVC repository tracks to a remote as `dvc push` does it, in the steps of an operation. An object's name is its digest,
/// so nothing is ever replaced; what is there is passed over. The list of a folder goes last: who finds it finds its files.
struct DvcPush {
    QString root;                    ///< of the repository
    QString cache;                   ///< DVC's cache folder, from which is sent
    DvcRemote remote;
    std::vector<DvcOutput> outputs;
    std::vector<DvcObject> missing;  ///< in the order of sending
    int there = 0;                   ///< objects that the remote has already
    qint64 bytes = 0;                ///< of `missing`
    std::shared_ptr<DvcStore> store;

    struct Made {
        QString object, version;
    };
    std::vector<Made> made; ///< by executeDvcPush(), and by nobody else before it
    QString effect() const;
    QJsonArray madeJson() const; ///< [{"object","version"}], for undoDvcPush()
};

/// @param path FILE.dvc, a tracked path (also an output of a stage that dvc.lock lists), or a dvc.lock: all outputs that it lists, but for
/// those that dvc.yaml keeps back (cache: false, push: false)
/// @param remoteName empty: the output's own, else the repository's default
/// NotFound: not tracked, no such remote, or an object is not in DVC's cache. Conflict: the remote's object has another length.
/// Refused: an output that is named and kept back; see openDvcStore(). Invalid: outputs of one dvc.lock that have different remotes.
Result<DvcPush> planDvcPush(const QString &path, const QString &remoteName, const SourceSpec &spec, const Access &access, const Cache &cache, std::stop_token stop = {});
/// Conflict if an object is gone from DVC's cache.
Result<void> guardDvcPush(const DvcPush &push);
/// Sends what is missing, each checked by its digest before and looked at after. When it breaks off, what went stays, and the next push goes on.
Result<void> executeDvcPush(DvcPush &push, std::stop_token stop = {}, const Progress &progress = {});
/// {"remote","url","sent","there","bytes","made":[{"object","version"}]}; Conflict if the last object is not there.
Result<QJsonObject> readBackDvcPush(const DvcPush &push);
/// Takes away what this push made, lists of folders first. @param made as DvcPush::madeJson()
Result<void> undoDvcPush(DvcStore &store, const QJsonArray &made);
/// Conflict if none of it is there any more.
Result<void> guardUndoDvcPush(DvcStore &store, const QJsonArray &made);

} // namespace pilothouse::sources
