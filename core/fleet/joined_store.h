// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/fleet/once_start.h"

#include <functional>
#include <vector>

namespace pilothouse::fleet {

/// A run that trains and the run that deploys what it made, joined by an approval of ours: for systems that have none between the two (pipeline: {deploy, approval: yes}).
struct JoinedRun {
    enum class State {
        Preparing,  ///< its version and the evidence are looked for
        Waiting,    ///< for approvals
        Approved,   ///< the deploy run is to be started, or is being started
        Started,
        Rejected,   ///< by a person
        Blocked,    ///< a rule of ours speaks against the version: nobody is asked
        Superseded, ///< a newer training passed before anybody answered
        Ended,      ///< the promotion behind it failed or was taken back
    };
    /// One that spoke at a gate without a promotion.
    struct Voice {
        QString by, comment;
        bool yes = false;
        QDateTime time;
    };
    QString id;        ///< "join-…", from the training's run: two programs that see it give it the same
    QString model, train, pipeline; ///< pipeline: of the training; ids of AllPipelines
    pipelines::StartRequest deploy; ///< what is started
    QString startedBy; ///< who started the training
    QDateTime passed, since, decided;
    int version = 0;   ///< that the training registered; 0: none is known
    QString promotion; ///< the request behind the gate; empty: it is answered by itself
    State state = State::Preparing;
    QString note;      ///< why it stands so
    QDateTime notBefore; ///< Preparing: the next attempt
    std::vector<Voice> voices;
    int needed = 1;
    bool noSelfApproval = false;
    OnceStart start;
    int approved() const;
    bool open() const { return state == State::Preparing || state == State::Waiting || state == State::Approved; }
    QString sentence() const; ///< "Waits for an approval before IrisDeploy"
    QJsonObject toJson() const;
    static JoinedRun fromJson(const QJsonObject &object);
};
QString joinedStateName(JoinedRun::State state);
QString joinedId(const QString &trainRun);

/// <root>/joined/MODEL.json: the newest joined runs of a model. Replaced atomically; changes take a short lock. Any thread, several programs.
class JoinedStore {
public:
    explicit JoinedStore(QString root) : m_folder(std::move(root) + QStringLiteral("/joined")) {}
    Result<std::vector<JoinedRun>> of(const QString &model) const; ///< newest first
    /// Adds it; false: it is there already.
    Result<bool> add(const JoinedRun &joined) const;
    /// Edits one under the lock; an edit that returns an error changes nothing. NotFound.
    Result<JoinedRun> update(const QString &model, const QString &id, const std::function<Result<void>(JoinedRun &)> &edit) const;
    /// Who looks after a model's joined runs: one program at a time. Conflict: another one does.
    Result<FileLock> turn(const QString &model) const;

    static constexpr std::size_t kept = 50;

private:
    Result<void> write(const QString &model, const std::vector<JoinedRun> &all) const;
    QString m_folder;
};

} // namespace pilothouse::fleet
