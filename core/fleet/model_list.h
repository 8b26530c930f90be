// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/day_accuracy.h"
#include "core/fleet/headline.h"

#include <stop_token>

namespace pilothouse::fleet {

/// A model as one line of a list that several workspaces share.
struct ListedModel {
    ModelRow row;
    Headline headline;
    QString drift;         ///< drifted | moderate | steady | too few rows | not told
    QString endpoint;      ///< answers | no answer | not asked, of one that the workspace names by an address; else the rollout's phase; empty: it has none
    QString endpointProblem;
    std::vector<InboxItem> alerts; ///< what is broken or late of it in the inbox, newest first
    std::optional<DayAccuracy> yesterday; ///< where a prediction log of it is on this machine
    /// {"model","health","champion"|null,"candidate"|null,"latest"|null,"headline","yesterday":{… as DayAccuracy::toJson()}|null,"newest"|null,"age_s"|null,"stale","stale_after","drift":{"verdict","column","psi"|null},
    /// "skew","endpoint":{"state","url","serves"|null,"problem"},"alerts":[{"id","title","sentence","since"}]}
    QJsonObject toJson(const QDateTime &now) const;
};

/// What one workspace's file says, or why nothing of it can be said.
struct ListedWorkspace {
    QString file, name;          ///< name: empty where the file could not be read
    std::optional<Error> error;  ///< it cannot be read at all
    std::vector<ListedModel> models;
    std::vector<InboxItem> alerts; ///< broken or late, of no model
    std::vector<Error> problems; ///< parts that could not be read; the rest stands
    QStringList notes;           ///< what opening it found
    QDateTime read;
    /// {"workspace","file","error"|null,"read"|null,"models":[…],"alerts":[…],"problems":[…]}
    QJsonObject toJson() const;
};

/// The models of an open workspace. Blocking: servers are waited for at most `patienceMs`, for their first answer.
ListedWorkspace listModels(const Services &services, int patienceMs = 20000, std::stop_token stop = {});

/// The same of several files, read at the same time; in the order of `files`, each file once. One that cannot be opened or read has its error, the others stand. Blocking.
/// @param how  with which each is opened; its file is not looked at
std::vector<ListedWorkspace> listWorkspaces(const QStringList &files, const ServiceOptions &how = {}, int patienceMs = 20000, std::stop_token stop = {});

} // namespace pilothouse::fleet
