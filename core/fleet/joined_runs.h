// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/joined_store.h"
#include "core/fleet/snapshot.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace pilothouse::fleet {

/// What a look at runs did, or could not do.
struct RunNews {
    QString model, sentence;
    bool acted = false;          ///< something was started or asked for
    std::optional<Error> problem;
};

/// The evidence of a version and the request for its promotion, by whoever can score models: the request's id; empty with a sentence where a rule of ours blocks it.
struct AskedPromotion {
    QString id, sentence;
};
using PromotionAsker = std::function<Result<AskedPromotion>(const Services &services, const workspace::Model &model, int version, std::stop_token stop)>;
/// `pilot promote MODEL VERSION` as a child, as the console does all that scores.
Result<AskedPromotion> askByChild(const Services &services, const workspace::Model &model, int version, std::stop_token stop);

/// The pipeline that trains a model, as AllPipelines names it: "kubeflow:IrisExp"; of this machine the model's name. Empty: it has none.
QString trainPipelineOf(const workspace::Workspace &workspace, const workspace::Model &model);
/// True: train and deploy of the model are two runs of other systems, joined by an approval of ours (pipeline: {deploy, approval: yes}).
bool isJoined(const workspace::Workspace &workspace, const workspace::Model &model);

/// Looks after joined runs. When a run of the pipeline that trains passes, whoever started it, an approval comes up: a promotion request with its evidence where the version is known that the run
/// registered, else a gate that is answered by itself. Approved, the deploy run is started, once; rejected, nothing is. A training that somebody deployed already, or that is older than an approval
/// counts, asks for nothing. All programs of this machine take turns. One thread at a time.
class JoinedRuns {
public:
    explicit JoinedRuns(std::shared_ptr<Services> services, PromotionAsker ask = askByChild) : m_services(std::move(services)), m_ask(std::move(ask)) {}
    bool needed() const;
    std::vector<RunNews> look(std::stop_token token = {}); ///< blocking; evidence may take minutes
    /// Only what was decided: for who has just approved. Where another program is at it, that one does it.
    std::vector<RunNews> goOn();

private:
    void lookAt(const workspace::Model &model, bool onlyDecided, std::vector<RunNews> &news, std::stop_token token);
    Result<void> find(const workspace::Model &model, std::vector<RunNews> &news);
    Result<void> prepare(const workspace::Model &model, JoinedRun joined, std::vector<RunNews> &news, std::stop_token token);
    Result<void> decide(const JoinedRun &joined, std::vector<RunNews> &news);
    Result<void> start(JoinedRun joined, std::vector<RunNews> &news);
    bool isTheirs(const JoinedRun &joined) const;
    static constexpr int theirsSeconds = 120;
    std::shared_ptr<Services> m_services;
    PromotionAsker m_ask;
};

/// All joined runs of the workspace's models.
std::vector<JoinedRun> joinedRuns(const Services &services);

} // namespace pilothouse::fleet
