// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/joined_gates.h"

#include "core/fleet/deploy_follow.h"
#include "core/fleet/joined_runs.h"
#include "core/fleet/run_retries.h"
#include "core/pipelines/local_pipelines.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::fleet {

using Q = QLatin1String;
using pipelines::Gate;
using pipelines::GateState;
using State = JoinedRun::State;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(JoinedGates)
};

class Gates final : public pipelines::OwnGates {
public:
    Gates(const Services &services, std::weak_ptr<pipelines::PipelineService> local)
        : m_workspace(services.workspace), m_store(services.root), m_promotions(services.promotions), m_actor(services.operations->actor().name), m_clock(services.clock), m_local(std::move(local)) {}

    Result<std::vector<Gate>> gates(const QString &run) const override {
        std::vector<Gate> all;
        for (const workspace::Model &model : m_workspace.models) {
            if (!isJoined(m_workspace, model))
                continue;
            PH_ASSIGN(const auto joined, m_store.of(model.name));
            for (const JoinedRun &one : joined)
                if ((one.state == State::Preparing || one.state == State::Waiting) && (run.isEmpty() || one.train == run))
                    all.push_back(gateOf(one));
        }
        addLocal(run, all);
        return all;
    }

    Result<void> answer(const Gate &gate, const pipelines::GateAnswer &answer) override {
        const auto joined = joinedOf(gate);
        const QString promotion = joined ? joined->promotion : gate.promotion;
        if (!promotion.isEmpty()) {
            const auto done = answer.proceed ? m_promotions->approve(promotion, answer.comment) : m_promotions->reject(promotion, answer.comment);
            return done ? Result<void>() : Result<void>(done.error());
        }
        if (!joined)
            return joined.error();
        const QString by = answer.by.isEmpty() ? m_actor : answer.by;
        if (answer.proceed && !m_workspace.approvers.isEmpty() && !m_workspace.approvers.contains(by)) // there is no version whose approval could be signed
            return refused(Text::tr("%1 is none of the approvers that the workspace names.").arg(by), m_workspace.file, Text::tr("These may: %1.").arg(QStringList(m_workspace.approvers.keys()).join(QStringLiteral(", "))));
        const auto said = m_store.update(joined->model, joined->id, [&](JoinedRun &j) -> Result<void> {
            if (j.state != State::Waiting)
                return Error{ErrorKind::Conflict, Text::tr("The gate before %1 no longer waits.").arg(j.deploy.pipeline), gate.run, j.sentence(), {}};
            if (answer.proceed && j.noSelfApproval && by == j.startedBy)
                return refused(Text::tr("%1 started the training %2 and may not approve it.").arg(by, j.train), {}, Text::tr("Somebody else must (promotion: prevent_self_approval)."));
            if (std::any_of(j.voices.begin(), j.voices.end(), [&](const JoinedRun::Voice &voice) { return voice.by == by; }))
                return Error{ErrorKind::Conflict, Text::tr("%1 has answered already.").arg(by), gate.run, Text::tr("%1 of %2 approvals are there.").arg(j.approved()).arg(j.needed), {}};
            j.voices.push_back({by, answer.comment, answer.proceed, m_clock->nowUtc()});
            if (!answer.proceed) {
                j.state = State::Rejected;
                j.note = QStringLiteral("%1: %2").arg(by, answer.comment);
            } else if (j.approved() >= j.needed) {
                j.state = State::Approved;
                j.note = QStringLiteral("%1: %2").arg(by, answer.comment);
            }
            if (j.state != State::Waiting)
                j.decided = m_clock->nowUtc();
            return {};
        });
        return said ? Result<void>() : Result<void>(said.error());
    }

    Result<GateState> state(const Gate &gate) const override {
        const auto joined = joinedOf(gate);
        const QString promotion = joined ? joined->promotion : gate.promotion;
        GateState state;
        if (!promotion.isEmpty())
            return ofPromotion(promotion);
        if (!joined)
            return joined.error();
        if (joined->state == State::Preparing || joined->state == State::Waiting)
            return state;
        state.is = joined->state == State::Approved || joined->state == State::Started ? GateState::Is::Proceeded : joined->state == State::Rejected ? GateState::Is::Aborted : GateState::Is::Gone;
        state.when = joined->decided;
        if (!joined->voices.empty()) {
            state.by = joined->voices.back().by;
            state.comment = joined->voices.back().comment;
        }
        return state;
    }

private:
    Gate gateOf(const JoinedRun &joined) const {
        Gate gate;
        gate.id = joined.id;
        gate.run = joined.train;
        gate.pipeline = joined.pipeline;
        gate.system = QStringLiteral("local");
        gate.stage = Text::tr("approval");
        gate.message = joined.version > 0 ? Text::tr("Deploy version %1 of %2 by %3?").arg(joined.version).arg(joined.model, joined.deploy.pipeline) : Text::tr("Deploy what %1 made of %2 by %3?").arg(joined.train, joined.model, joined.deploy.pipeline);
        gate.needed = joined.needed;
        gate.given = joined.approved();
        gate.since = joined.since;
        gate.model = joined.model;
        gate.candidate = joined.version > 0 ? QString::number(joined.version) : QString();
        gate.promotion = joined.promotion;
        if (joined.state == State::Preparing) {
            gate.mayAnswer = false;
            gate.mayNot = joined.sentence();
        } else if (joined.promotion.isEmpty() && joined.noSelfApproval && joined.startedBy == m_actor) {
            gate.mayAnswer = false;
            gate.mayNot = Text::tr("You started this training: somebody else must approve it.");
        }
        fillPromotion(gate);
        return gate;
    }

    void fillPromotion(Gate &gate) const {
        const auto request = gate.promotion.isEmpty() ? Result<promotion::Request>(notFound({})) : m_promotions->requestById(gate.promotion);
        if (!request)
            return;
        gate.needed = request->approvalsNeeded;
        gate.given = request->approved();
        gate.candidate = QString::number(request->version);
    }

    void addLocal(const QString &run, std::vector<Gate> &all) const {
        const auto service = m_local.lock();
        auto *const local = service ? pipelines::localPart(*service) : nullptr;
        const auto runs = local && !run.contains(QLatin1Char(':')) ? local->runs({}, 0) : Result<std::vector<pipelines::PipelineRun>>(std::vector<pipelines::PipelineRun>());
        for (const pipelines::PipelineRun &one : runs ? *runs : std::vector<pipelines::PipelineRun>()) {
            if (one.state != pipelines::State::Paused || (!run.isEmpty() && one.id != run))
                continue;
            const auto folder = local->folderOf(one.id);
            const auto record = folder ? folder->read() : Result<pipelines::RunRecord>(folder.error());
            const QString promotion = record ? record->results.value(Q("promotion")).toString() : QString();
            if (promotion.isEmpty())
                continue;
            Gate gate;
            gate.id = promotion;
            gate.run = one.id;
            gate.pipeline = one.pipeline;
            gate.system = QStringLiteral("local");
            gate.stage = QStringLiteral("deploy");
            gate.message = Text::tr("Promote version %1 of %2?").arg(one.version).arg(one.model);
            gate.model = one.model;
            gate.promotion = promotion;
            for (const pipelines::Stage &stage : one.stages)
                if (stage.state == pipelines::State::Paused)
                    gate.since = stage.started;
            fillPromotion(gate);
            all.push_back(gate);
        }
    }

    Result<JoinedRun> joinedOf(const Gate &gate) const {
        for (const workspace::Model &model : m_workspace.models) {
            if (!isJoined(m_workspace, model))
                continue;
            PH_ASSIGN(const auto all, m_store.of(model.name));
            for (const JoinedRun &one : all)
                if (one.id == gate.id)
                    return one;
        }
        return notFound(Text::tr("There is no gate “%1”.").arg(gate.id), gate.run);
    }

    Result<GateState> ofPromotion(const QString &id) const {
        PH_ASSIGN(const promotion::Request request, m_promotions->requestById(id));
        using Is = promotion::RequestState;
        GateState state;
        state.is = request.state == Is::Pending ? GateState::Is::Open : request.state == Is::Rejected ? GateState::Is::Aborted : request.state == Is::Executing || request.state == Is::Done ? GateState::Is::Proceeded : GateState::Is::Gone;
        state.when = request.decided;
        if (!request.approvals.empty()) {
            state.by = request.approvals.back().actor;
            state.comment = request.approvals.back().comment;
        }
        return state;
    }

    workspace::Workspace m_workspace;
    JoinedStore m_store;
    std::shared_ptr<promotion::Promotions> m_promotions;
    QString m_actor;
    std::shared_ptr<const Clock> m_clock;
    std::weak_ptr<pipelines::PipelineService> m_local; ///< it holds this one
};

} // namespace

std::shared_ptr<pipelines::OwnGates> joinedGates(const Services &services, std::weak_ptr<pipelines::PipelineService> local) { return std::make_shared<Gates>(services, std::move(local)); }

QMap<QString, RunNote> runNotes(const Services &services) {
    QMap<QString, RunNote> notes;
    const auto add = [&](const QString &run, const QString &text) {
        if (run.isEmpty() || text.isEmpty())
            return;
        QString &of = notes[run].text;
        of += of.isEmpty() ? text : QLatin1Char(' ') + text;
    };
    for (const RetryState &retry : retryStates(services))
        for (const auto &[run, text] : retry.notes(services.clock->nowUtc()))
            add(run, text);
    for (const JoinedRun &joined : joinedRuns(services)) {
        add(joined.train, joined.sentence());
        notes[joined.train].gates += joined.state == State::Preparing || joined.state == State::Waiting;
        if (joined.state == State::Started)
            add(joined.start.run, Text::tr("Follows %1, approved by %2").arg(joined.train, joined.note));
    }
    for (const FollowedDeploy &one : followedDeploys(services))
        add(one.run, one.sentence());
    return notes;
}

void addRunNotes(const QMap<QString, RunNote> &notes, std::vector<pipelines::PipelineRun> &runs) {
    if (notes.isEmpty())
        return;
    for (pipelines::PipelineRun &run : runs) {
        const auto note = notes.constFind(run.id);
        if (note == notes.constEnd())
            continue;
        run.note = run.note.isEmpty() ? note->text : run.note + QLatin1Char(' ') + note->text;
        run.gates += note->gates;
    }
}

} // namespace pilothouse::fleet
