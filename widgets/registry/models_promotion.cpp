// SPDX-License-Identifier: GPL-3.0-or-later
// The Models panel: a promotion asked for, its evidence sheet, and what is decided there.
#include "widgets/registry/models_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/base/write_gate.h"
#include "widgets/promotion/promotion_sheet.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QStackedWidget>

#include <algorithm>

namespace pilothouse::ui {

/// What stands beside the evidence only.
void ModelsPanel::addDecisions() {
    const auto decision = [this](const QString &actionId, const QString &text, const QString &icon, const QKeySequence &key) {
        ActionSpec spec;
        spec.id = actionId;
        spec.text = text;
        spec.icon = icon;
        spec.section = tr("Commands");
        spec.panel = id();
        spec.shortcut = key;
        spec.inPalette = false; // it stands beside its evidence only
        return spec;
    };
    ActionSpec approve = decision(QStringLiteral("promotion.approve"), tr("Approve and promote"), QStringLiteral("check"), QKeySequence(Qt::CTRL | Qt::Key_Return));
    approve.blocked = [this](const QString &argument) {
        if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Approver); !low.isEmpty())
            return low;
        if (m_tasks.contains(argument))
            return tr("It is being carried out.");
        return m_sheet && m_sheet->requestId() == argument ? m_sheet->blockedReason() : tr("Open its evidence first.");
    };
    approve.gate = [this](const QString &argument) { return gateOf("approve", modelOf(argument), connectionOf(argument)); };
    approve.run = [this](const QString &argument, const QString &) {
        decide(tr("approved"), argument, [argument, comment = m_sheet ? m_sheet->comment() : QString()](promotion::Promotions &p) { return p.approve(argument, comment); });
    };
    actions().add(approve);
    ActionSpec reject = decision(QStringLiteral("promotion.reject"), tr("Reject"), QStringLiteral("cross"), QKeySequence(Qt::Key_R));
    reject.blocked = [this](const QString &argument) {
        if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Approver); !low.isEmpty())
            return low;
        const promotion::Request *r = request(argument);
        if (!r || r->state != promotion::RequestState::Pending)
            return tr("It is decided.");
        return !m_sheet || m_sheet->comment().isEmpty() ? tr("Write a comment first; it is kept with the decision.") : QString();
    };
    reject.gate = [this](const QString &argument) { return gateOf("reject", modelOf(argument), connectionOf(argument)); };
    reject.run = [this](const QString &argument, const QString &) {
        decide(tr("rejected"), argument, [argument, comment = m_sheet ? m_sheet->comment() : QString()](promotion::Promotions &p) { return p.reject(argument, comment); });
    };
    actions().add(reject);
    ActionSpec undo = decision(QStringLiteral("promotion.undo"), tr("Undo promotion"), QStringLiteral("undo"), QKeySequence(Qt::Key_U));
    undo.blocked = [this](const QString &argument) {
        const promotion::Request *r = request(argument);
        if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
            return low;
        return r && r->state == promotion::RequestState::Done ? QString() : tr("Only a promotion that was carried out can be undone.");
    };
    undo.danger = [this](const QString &argument) {
        Danger danger;
        const promotion::Request *r = request(argument);
        danger.verb = tr("Undo promotion");
        if (r)
            danger.effect = r->from ? tr("Alias %1 goes back to v%2 and all traffic with it.").arg(r->alias).arg(*r->from) : tr("Alias %1 is taken away.").arg(r->alias);
        danger.undo = tr("Promote it again to come back.");
        return danger;
    };
    undo.gate = [this](const QString &argument) { return gateOf("undo", modelOf(argument), connectionOf(argument)); };
    undo.run = [this](const QString &argument, const QString &comment) {
        decide(tr("undone"), argument, [argument, comment](promotion::Promotions &p) { return p.undo(argument, comment); });
    };
    actions().add(undo);

    ActionSpec copy = decision(QStringLiteral("promotion.copy"), tr("Copy as text"), QStringLiteral("copy"), {});
    copy.run = [this](const QString &, const QString &) {
        if (m_sheet && m_sheet->request())
            QGuiApplication::clipboard()->setText(QString::fromUtf8(QJsonDocument(m_sheet->request()->evidence.toJson()).toJson()));
    };
    actions().add(copy);
}

void ModelsPanel::startEvidence(const QString &model, const QString &version, const QString &environment) {
    if (!context().jobs)
        return;
    QStringList arguments{QStringLiteral("promote"), model, version};
    if (!environment.isEmpty())
        arguments << QStringLiteral("--env") << environment;
    for (const QString &name : operations::Confirmed::names()) // typed in the sheet that asked
        arguments << QStringLiteral("--confirm") << name;
    m_evidenceJob = context().jobs->start(environment.isEmpty() ? tr("Judge %1 v%2").arg(model, version) : tr("Judge %1 v%2 for %3").arg(model, version, environment), model, arguments);
    m_promote->refresh();
    auto *watch = new QObject(this);
    connect(context().jobs, &fleet::Jobs::finished, watch, [this, watch](const QString &job) {
        if (job != m_evidenceJob)
            return;
        watch->deleteLater();
        m_evidenceJob.clear();
        m_promote->refresh();
        const fleet::Job *done = context().jobs->job(job);
        if (!done)
            return;
        if (done->error) {
            context().toasts->showError(*done->error);
            return;
        }
        m_wantedRequest = done->result.value(QLatin1String("request")).toObject().value(QLatin1String("id")).toString();
        if (m_wantedRequest.isEmpty()) // nothing was asked for: the sheet's gates say why
            context().toasts->show(State::Bad, tr("A gate blocks this version"), done->result.value(QLatin1String("evidence")).toObject().value(QLatin1String("sentence")).toString());
        context().fleet->refresh(); // the sheet opens when the snapshot has the request
    });
}

QString ModelsPanel::modelOf(const QString &requestId) const {
    const promotion::Request *r = request(requestId);
    return r ? r->model : QString();
}

QString ModelsPanel::connectionOf(const QString &requestId) const {
    const promotion::Request *r = request(requestId);
    return r ? r->connection : QString();
}

/// A registered model's registry and, where a promotion moves traffic, its deployment.
WriteGate ModelsPanel::gateOf(const char *kind, const QString &model, const QString &connection) const {
    const workspace::Model *declared = context().fleet ? context().fleet->services()->workspace.model(model) : nullptr;
    if (!declared)
        return writeGate(context(), kind, QStringLiteral("model ") + model, {connection});
    return writeGate(context(), kind, QStringLiteral("model ") + declared->registry.name, {declared->registry.connection, declared->deployment.connection});
}

void ModelsPanel::decide(const QString &what, const QString &requestId, std::function<Result<promotion::Request>(promotion::Promotions &)> body) {
    if (!context().fleet || m_tasks.contains(requestId))
        return;
    const auto task = startTask<promotion::Request>(context().fleet->pools().waiting,
                                                    [promotions = context().fleet->services()->promotions, body, typed = operations::Confirmed::names()](std::stop_token) {
                                                        const operations::Confirmed confirmed(typed); // on this thread
                                                        return body(*promotions);
                                                    });
    m_tasks.insert(requestId, task);
    repeatSheet();
    deliver(task, this, [this, what, requestId](const Result<promotion::Request> &done) {
        m_tasks.remove(requestId);
        context().fleet->refresh();
        if (!done) {
            context().toasts->showError(done.error());
            repeatSheet();
            return;
        }
        if (m_sheet && m_sheet->requestId() == requestId)
            m_sheet->setRequest(*done);
        const bool executed = done->state == promotion::RequestState::Done || done->state == promotion::RequestState::Executing;
        context().toasts->show(done->state == promotion::RequestState::Failed ? State::Bad : State::Ok, tr("%1 v%2 %3").arg(done->model).arg(done->version).arg(what),
                               done->outcome, executed ? tr("Undo") : QString(),
                               [catalogue = &actions(), requestId] { catalogue->trigger(QStringLiteral("promotion.undo"), requestId); });
        Q_EMIT headerChanged();
    });
}

/// What is shown depends on whether a decision is under way.
void ModelsPanel::repeatSheet() {
    if (m_sheet && m_sheet->request())
        m_sheet->setRequest(promotion::Request(*m_sheet->request()));
}

const promotion::Request *ModelsPanel::request(const QString &id) const {
    const auto it = std::find_if(m_snapshot.promotions.begin(), m_snapshot.promotions.end(), [&](const auto &r) { return r.id == id; });
    return it == m_snapshot.promotions.end() ? nullptr : &*it;
}

void ModelsPanel::showSheet(const QString &requestId) {
    const promotion::Request *r = request(requestId);
    if (!r)
        return;
    m_request = requestId;
    m_model = r->model;
    m_list->choose(m_model);
    if (!m_sheet) { // built when it is first wanted: it is as large as the rest of the panel
        m_sheet = new PromotionSheet(context());
        m_pages->addWidget(m_sheet);
    }
    m_sheet->setRequest(*r);
    m_pages->setCurrentWidget(m_sheet);
    Q_EMIT headerChanged();
}

bool ModelsPanel::sheetIsShown() const { return m_sheet && m_pages->currentWidget() == m_sheet; }

} // namespace pilothouse::ui
