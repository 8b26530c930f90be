// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/mirror_store.h"

#include <functional>

namespace pilothouse::registry {

/// What of a run goes to the other registry: not the paths and process marks of this machine.
struct MirroredTexts {
    QMap<QString, QString> params, tags; ///< of the run
    QMap<QString, QString> versionTags;
    QString description; ///< of the version; not written over one that stands there
    QString experiment = {}; ///< what the run's experiment is called there; empty: as here
};
using TextsOf = std::function<MirroredTexts(const Run &)>;

/// Copies one run of the local registry to another one, by the row that a MirrorStore keeps of it. It may be cut off at any call, by a lost server or by
/// kill -9, and is simply called again, by another process too: what is there is there once, what is missing comes.
/// What may be sent twice without harm (parameters, tags, status, files) is sent again. What may not is first looked up there: the run by its id here, the
/// version by run and digest, the points of the one batch that was not answered by their step, time and value.
/// One at a time for a row: the caller holds a lock. Calls block.
class RunMirror {
public:
    RunMirror(std::shared_ptr<MirrorStore> store, std::shared_ptr<Registry> here, std::shared_ptr<Registry> there, TextsOf texts, Mirror row);
    /// Reads whether the other side answers and has the run; nothing is written there. NotFound: it was there, and somebody deleted it.
    Result<void> look();
    /// The run is made there unless it is; one that had ended and goes on runs there again.
    Result<void> begin();
    /// Sends what is new since the last call: parameters, tags, points.
    Result<void> push(std::stop_token stop = {});
    /// The rest of a run that has ended: the last points, its end, its package, its version.
    /// @param ended as it is to be told there: one that was killed without a word is Killed
    Result<void> complete(const Run &ended, std::stop_token stop = {});
    /// Compares what stands there with what is here: status, parameters, tags, every point, the version's digest. Conflict says what differs; what is
    /// missing is sent by the next attempt.
    Result<QJsonObject> readBack();
    const Mirror &row() const { return m_row; }

private:
    Result<Run> runHere() const; ///< with the experiment that it has there
    Result<void> sendTexts(const Run &run);
    Result<void> settleBatch(std::stop_token stop);
    Result<void> sendPackage(std::stop_token stop);
    Result<void> sendVersion(const Run &run);
    Result<std::optional<Version>> versionThere() const;
    Result<std::optional<Version>> firstLook() const;

    std::shared_ptr<MirrorStore> m_store;
    std::shared_ptr<Registry> m_here, m_there;
    TextsOf m_texts;
    Mirror m_row;
    bool m_takenUp; ///< the package had gone when the row was read: an earlier program may have asked for the version
};

} // namespace pilothouse::registry
