// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/models_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/compare_model.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/base/write_gate.h"
#include "widgets/promotion/promotion_sheet.h"
#include "widgets/registry/compare_view.h"
#include "widgets/registry/model_file_sheet.h"
#include "widgets/registry/register_sheet.h"
#include "widgets/registry/runs_page.h"
#include "widgets/registry/version_model.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QHBoxLayout>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

ModelsPanel::ModelsPanel(const PanelContext &context, QWidget *parent)
    : Panel(QStringLiteral("models"), tr("Models"), context, parent), m_state(new PanelState), m_pages(new QStackedWidget) {
    addActions(); // first: the sheet's buttons read the catalogue
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    auto *page = new QSplitter;
    page->setObjectName(QStringLiteral("modelsSplit"));
    page->setHandleWidth(12);
    page->addWidget(buildList());
    page->addWidget(buildModel());
    page->setStretchFactor(1, 1);
    page->setSizes({260, 900});
    m_pages->addWidget(page);
    m_state->setContent(m_pages);
    layout->addWidget(m_state);
    auto *back = new QShortcut(Qt::Key_Escape, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(back, &QShortcut::activated, this, [this] {
        if (!runsAreShown() || !m_runs->closeSide())
            closeSheet();
    });
}

QWidget *ModelsPanel::buildList() {
    m_listCard = new Card(tr("Models"));
    m_models = new ModelListModel(this);
    m_filter = new FilterProxy(this);
    m_filter->setSourceModel(m_models);
    m_list = new List;
    m_list->setObjectName(QStringLiteral("modelList"));
    m_list->setAccessibleName(tr("Models"));
    m_list->setModel(m_filter);
    auto *filter = new FilterEdit(tr("Filter, / to focus"));
    filter->setObjectName(QStringLiteral("modelFilter"));
    connect(filter, &QLineEdit::textChanged, m_filter, &FilterProxy::setWords);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 12, 0, 0);
    auto *padded = new QHBoxLayout;
    padded->setContentsMargins(12, 0, 12, 0);
    padded->addWidget(filter);
    column->addLayout(padded);
    column->addWidget(m_list, 1);
    auto *look = new Button(actions(), QStringLiteral("registry.inspect"));
    look->setObjectName(QStringLiteral("inspectButton"));
    look->setWords(tr("Model file…"));
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(12, 8, 12, 12);
    auto *runs = new Button(actions(), QStringLiteral("registry.runs"));
    runs->setObjectName(QStringLiteral("runsButton"));
    runs->setWords(tr("Runs"));
    foot->addWidget(runs);
    foot->addWidget(look);
    foot->addStretch(1);
    column->addLayout(foot);
    if (context().fleet && !context().fleet->services()->workspace.environments.empty()) {
        auto *environments = new Button(actions(), QStringLiteral("registry.environments"), ButtonKind::Ghost);
        environments->setObjectName(QStringLiteral("environmentsButton"));
        environments->setWords(tr("Chains"));
        environments->setPixelHeight(24);
        m_listCard->addTool(environments);
    }
    m_listCard->setBody(body);
    connect(m_list, &List::chosen, this, [this](const QString &id) {
        if (id.isEmpty() || id == m_model)
            return;
        m_wantedVersion.clear();
        m_model = id;
        showModel();
    });
    return m_listCard;
}

QWidget *ModelsPanel::buildModel() {
    auto *widget = new QWidget;
    auto *column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    m_head = new Card(QStringLiteral(" "));
    m_facts = new KeyValues;
    m_facts->setKeyWidth(120);
    m_head->bodyLayout()->addWidget(m_facts);
    m_train = new Button(actions(), QStringLiteral("train.start"));
    auto *history = new Button(actions(), QStringLiteral("registry.history"));
    history->setObjectName(QStringLiteral("historyButton"));
    m_head->addTool(history);
    m_head->addTool(m_train);
    column->addWidget(m_head);
    m_versionsCard = new Card(tr("Versions"));
    m_versions = new VersionModel(this);
    m_table = new Table;
    m_table->setObjectName(QStringLiteral("versionTable"));
    m_table->setAccessibleName(tr("Versions of the chosen model"));
    m_table->setModel(m_versions);
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_versionsCard->setBody(m_table);
    m_promote = new Button(actions(), QStringLiteral("promotion.request"), ButtonKind::Primary);
    m_promote->setObjectName(QStringLiteral("promoteButton"));
    m_review = new Button(actions(), QStringLiteral("promotion.review"));
    m_review->setObjectName(QStringLiteral("reviewButton"));
    m_explain = new Button(actions(), QStringLiteral("explain.open"));
    m_explain->setObjectName(QStringLiteral("explainButton"));
    auto *together = new Button(actions(), QStringLiteral("models.compare"));
    together->setObjectName(QStringLiteral("compareRunsButton"));
    together->setWords(tr("Compare"));
    m_versionsCard->addTool(together);
    m_versionsCard->addTool(m_explain);
    m_versionsCard->addTool(m_review);
    m_versionsCard->addTool(m_promote);
    column->addWidget(m_versionsCard, 2);
    m_compare = new CompareModel(this);
    auto *compare = new Table;
    compare->setObjectName(QStringLiteral("versionCompare"));
    compare->setAccessibleName(tr("The chosen version beside another"));
    compare->setRowHeight(Table::Compact);
    compare->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    compare->setModel(m_compare);
    compare->setItemDelegate(new StateDelegate(compare));
    m_compareCard = new Card(tr("Compare"));
    m_compareCard->setBody(compare);
    column->addWidget(m_compareCard, 3);
    connect(m_table, &Table::chosen, this, [this] {
        showVersionActions();
        showCompare();
    });
    connect(m_table, &Table::opened, this, [this] {
        const QString id = currentArgument(QStringLiteral("promotion.review"));
        if (!id.isEmpty())
            showSheet(id);
    });
    return widget;
}

void ModelsPanel::addActions() {
    ActionSpec ask;
    ask.id = QStringLiteral("promotion.request");
    ask.text = tr("Promote");
    ask.icon = QStringLiteral("promote");
    ask.section = tr("Commands");
    ask.panel = id();
    ask.shortcut = QKeySequence(Qt::Key_P);
    ask.blocked = [this](const QString &argument) {
        if (argument.isEmpty())
            return tr("Choose a version first.");
        if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
            return low;
        return m_evidenceJob.isEmpty() ? QString() : tr("Evidence is being computed.");
    };
    ask.gate = [this](const QString &argument) { return gateOf("promotion-request", argument.section(QLatin1Char('/'), 0, -2)); };
    ask.targets = [this] {
        std::vector<ActionTarget> out;
        for (const registry::Version &v : m_snapshot.versions)
            if (!v.aliases.contains(QStringLiteral("champion")))
                out.push_back({QStringLiteral("%1/%2").arg(v.model).arg(v.version), tr("Promote %1 v%2").arg(v.model).arg(v.version), {}});
        return out;
    };
    ask.run = [this](const QString &argument, const QString &) { startEvidence(argument.section(QLatin1Char('/'), 0, 0), argument.section(QLatin1Char('/'), 1)); };
    actions().add(ask);

    ActionSpec review;
    review.id = QStringLiteral("promotion.review");
    review.text = tr("Review evidence");
    review.icon = QStringLiteral("file");
    review.section = tr("Commands");
    review.panel = id();
    review.shortcut = QKeySequence(Qt::Key_E);
    review.blocked = [](const QString &argument) { return argument.isEmpty() ? tr("Nothing of this version was asked for yet.") : QString(); };
    review.targets = [this] {
        std::vector<ActionTarget> out;
        for (const promotion::Request &r : m_snapshot.promotions)
            out.push_back({r.id, tr("Review %1 v%2").arg(r.model).arg(r.version), promotion::requestStateName(r.state)});
        return out;
    };
    review.run = [this](const QString &argument, const QString &) {
        if (context().open)
            context().open(id(), argument);
        else
            openAt(argument);
    };
    actions().add(review);

    ActionSpec look;
    look.id = QStringLiteral("registry.inspect");
    look.text = tr("Look at a model file…");
    look.icon = QStringLiteral("file");
    look.section = tr("Commands");
    look.panel = id();
    look.shortcut = QKeySequence(Qt::Key_L);
    look.run = [this](const QString &, const QString &) { lookAtFile(); };
    actions().add(look);

    ActionSpec runs;
    runs.id = QStringLiteral("registry.runs");
    runs.text = tr("Runs of a registry");
    runs.icon = QStringLiteral("grid");
    runs.section = tr("Commands");
    runs.panel = id();
    runs.shortcut = QKeySequence(Qt::SHIFT | Qt::Key_R);
    runs.run = [this](const QString &, const QString &) {
        if (context().open)
            context().open(id(), QStringLiteral("run/"));
        else
            showRuns({});
    };
    actions().add(runs);
    addCompare();
    addHistory();
    addEnvironments();
    addDecisions();
}

/// The runs of all versions of a model beside each other, with their curves.
void ModelsPanel::addCompare() {
    ActionSpec together;
    together.id = QStringLiteral("models.compare");
    together.text = tr("Compare the runs of all versions");
    together.icon = QStringLiteral("swap");
    together.section = tr("Commands");
    together.panel = id();
    together.shortcut = QKeySequence(Qt::Key_C);
    together.blocked = [this](const QString &argument) {
        return argument.isEmpty() ? tr("Choose a model first.") : comparable(argument).size() < 2 ? tr("Two versions with a run are needed.") : QString();
    };
    together.targets = [this] {
        std::vector<ActionTarget> out;
        for (const registry::RegisteredModel &model : m_snapshot.registered)
            if (comparable(model.name).size() > 1)
                out.push_back({model.name, tr("Compare the runs of %1").arg(model.name), {}});
        return out;
    };
    together.run = [this](const QString &argument, const QString &) {
        if (context().open)
            context().open(id(), QStringLiteral("compare/") + argument);
        else
            openCompare(argument);
    };
    actions().add(together);
}

QStringList ModelsPanel::comparable(const QString &model) const {
    QStringList ids;
    for (const registry::Version &v : m_snapshot.versions) // newest first
        if (v.model == model && !v.runId.isEmpty() && !ids.contains(v.runId) && ids.size() < registry::mostComparedRuns)
            ids << v.runId;
    return ids;
}

void ModelsPanel::openCompare(const QString &model) {
    const QStringList ids = comparable(model);
    if (ids.isEmpty())
        return;
    const workspace::Model *declared = context().fleet ? context().fleet->services()->workspace.model(model) : nullptr;
    m_model = model;
    m_list->choose(model);
    showTogether(declared ? declared->registry.connection : QString(), ids);
}

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

/// A pickle, XGBoost's or TorchScript: what it says of itself, and what can be done with it.
void ModelsPanel::lookAtFile() {
    auto *dialog = new QFileDialog(window(), tr("Look at a model file"), {}, tr("Model files (*.pkl *.pickle *.joblib *.sav *.json *.ubj *.pt);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) { (new ModelFileSheet(context(), file, m_snapshot.role, this))->open(); });
    dialog->open();
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

void ModelsPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    if (snapshot.models.empty() && snapshot.registered.empty() && !runsAreShown() && !onEnvironments()) {
        m_state->show(ScreenState::empty(tr("No models yet"), tr("Models come from the workspace file and from training: pick a data file and train once."), tr("Train"),
                                         [this] { context().open(QStringLiteral("train"), {}); }));
        return;
    }
    m_state->show(ScreenState::full());
    m_models->setRows(modelLines(snapshot, now()));
    if (m_model.isEmpty() || !m_models->find(m_model))
        m_model = m_models->rows().empty() ? QString() : m_models->rows().front().name;
    if (m_list->currentId() != m_model)
        m_list->choose(m_model);
    m_listCard->source()->setSource(tr("local"), snapshot.read, Freshness::Polled, 2);
    showModel();
    if (!m_wantedRequest.isEmpty() && request(m_wantedRequest))
        showSheet(std::exchange(m_wantedRequest, {}));
    else if (sheetIsShown() && request(m_request))
        m_sheet->setRequest(*request(m_request));
    Q_EMIT headerChanged();
}

void ModelsPanel::showModel() {
    m_head->setTitle(m_model);
    const auto row = std::find_if(m_snapshot.models.begin(), m_snapshot.models.end(), [&](const auto &m) { return m.name == m_model; });
    std::vector<KeyValues::Row> facts;
    if (row != m_snapshot.models.end()) {
        m_head->setSubtitle(row->estimator);
        facts.push_back({tr("Live"), row->liveVersion ? tr("version %1").arg(*row->liveVersion) : tr("none yet")});
        facts.push_back({tr("Served"), row->servedVersion ? tr("version %1 at %2").arg(*row->servedVersion).arg(row->rollout ? row->rollout->url : QString()) : tr("nothing")});
        facts.push_back({tr("Skew"), row->skew.isEmpty() ? tr("none") : row->skew, false, row->skew.isEmpty() ? &Tokens::t1 : &Tokens::warn});
        if (row->served.skewed()) {
            facts.push_back({tr("Since"), row->served.since.isValid() ? tr("%1 ago, first seen %2").arg(age(row->served.since, now()), moment(row->served.since, now())) : QString()});
            facts.push_back({tr("Cause"), row->served.why});
            facts.push_back({tr("Remedy"), row->served.command.isEmpty() ? row->served.remedy : tr("%1 (%2)").arg(row->served.remedy, row->served.command)});
        } else if (row->served.state != fleet::SkewState::Agrees && !row->endpointUrl.isEmpty()) {
            facts.push_back({tr("Endpoint"), row->served.why});
        }
        facts.push_back({tr("Newest model"), row->newestModel ? tr("%1 old%2").arg(age(*row->newestModel, now()), row->stalenessLimit.isEmpty() ? QString() : tr(", limit %1").arg(row->stalenessLimit)) : tr("none yet")});
        facts.push_back({tr("Last decision"), row->lastDecision ? row->lastDecision->reason : tr("the policy has not looked yet")});
        m_head->source()->setSource(row->seen.source, row->seen.time, row->seen.reachable ? Freshness::Polled : Freshness::Stale, 2);
        if (row->registered.problem.isEmpty())
            m_versionsCard->source()->setSource(row->registered.source, row->registered.time, Freshness::Polled, 15);
        else
            m_versionsCard->source()->setDown(row->registered.source, row->registered.time, row->registered.problem);
    } else {
        m_head->setSubtitle(tr("not declared in the workspace"));
    }
    m_facts->setRows(facts);
    m_train->setArgument(m_model);
    m_train->refresh();
    showHistory();
    showEnvironments();
    const QString chosen = m_table->currentId();
    m_versions->setNow(now());
    m_versions->setRows(versionLines(m_snapshot, m_model));
    m_versionsCard->setSubtitle(count(m_versions->rowCount()));
    m_versionsCard->showState(m_versions->rowCount() ? ScreenState::full()
                                                     : ScreenState::empty(tr("No version yet"), tr("Train once and register the candidate; it shows up here."), tr("Train"),
                                                                          [this] { context().open(QStringLiteral("train"), m_model); }));
    if (!m_wantedVersion.isEmpty() && m_versions->find(m_wantedVersion))
        m_table->choose(std::exchange(m_wantedVersion, {}));
    else if (m_versions->rowCount())
        m_table->choose(chosen.isEmpty() || !m_versions->find(chosen) ? QString::number(m_versions->row(0).version.version) : chosen);
    showVersionActions();
    showCompare();
}

void ModelsPanel::showVersionActions() {
    m_promote->setArgument(currentArgument(QStringLiteral("promotion.request")));
    m_review->setArgument(currentArgument(QStringLiteral("promotion.review")));
    m_explain->setArgument(currentArgument(QStringLiteral("explain.open")));
    if (auto *together = m_versionsCard->findChild<Button *>(QStringLiteral("compareRunsButton")))
        together->setArgument(m_model);
}

const registry::Run *ModelsPanel::runOf(int version) const {
    for (const registry::Version &v : m_snapshot.versions)
        if (v.model == m_model && v.version == version)
            for (const registry::Run &run : m_snapshot.runs)
                if (run.id == v.runId)
                    return &run;
    return nullptr;
}

/// The chosen version beside the champion; the champion itself beside the version before it.
void ModelsPanel::showCompare() {
    const VersionLine *chosen = m_versions->find(m_table->currentId());
    m_compareCard->setVisible(chosen);
    if (!chosen)
        return;
    const int version = chosen->version.version;
    int other = 0;
    for (const VersionLine &line : m_versions->rows()) // newest first
        if (line.version.version != version && line.version.aliases.contains(QStringLiteral("champion")))
            other = line.version.version;
    for (const VersionLine &line : m_versions->rows())
        if (other == 0 && line.version.version < version)
            other = line.version.version;
    std::vector<const registry::Run *> runs;
    QStringList names;
    for (const int one : {version, other})
        if (const registry::Run *run = one > 0 ? runOf(one) : nullptr) {
            runs.push_back(run);
            names << QStringLiteral("v%1").arg(one);
        }
    m_compareCard->setTitle(names.size() > 1 ? tr("%1 beside %2").arg(names[0], names[1]) : tr("Figures of v%1").arg(version));
    m_compareCard->setSubtitle(names.size() > 1 ? tr("as their runs logged them, what differs first") : tr("as its run logged them"));
    m_compareCard->showState(runs.empty() ? ScreenState::empty(tr("No run is known"), tr("This version was registered from a package; the registry has no figures of its training."))
                                          : ScreenState::full());
    m_compare->setRuns(runs, names);
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

/// Runs beside each other; closing it leads back to where they were chosen.
void ModelsPanel::showTogether(const QString &connection, const QStringList &runIds) {
    if (!m_together) { // built when it is first wanted
        m_together = new CompareView(context(), id(), QStringLiteral("models.compare"));
        connect(m_together, &CompareView::closeWanted, this, &ModelsPanel::closeSheet);
        m_pages->addWidget(m_together);
    }
    m_fromRuns = runsAreShown();
    if (m_together->runIds() != runIds || m_together->state().phase == CompareState::Failed)
        m_together->compare(connection, runIds);
    m_pages->setCurrentWidget(m_together);
    m_together->firstFocus()->setFocus();
    Q_EMIT headerChanged();
}

bool ModelsPanel::compareIsShown() const { return m_together && m_pages->currentWidget() == m_together; }
bool ModelsPanel::sheetIsShown() const { return m_sheet && m_pages->currentWidget() == m_sheet; }
bool ModelsPanel::runsAreShown() const { return m_runs && m_pages->currentWidget() == m_runs; }

RunsPage *ModelsPanel::runsPage() {
    if (!m_runs) { // built when it is first wanted
        m_runs = new RunsPage(context());
        m_pages->addWidget(m_runs);
        connect(m_runs, &RunsPage::backRequested, this, &ModelsPanel::closeSheet);
        connect(m_runs, &RunsPage::subjectChanged, this, &ModelsPanel::headerChanged);
        connect(m_runs, &RunsPage::registered, this, [this](const QString &connection, const QString &model, int version) {
            const QString name = ownModelName(context().fleet->services()->workspace, connection, model), argument = QStringLiteral("version/%1/%2").arg(name).arg(version);
            if (!m_models->find(name) && !context().fleet->services()->workspace.model(name))
                return; // of a server only the workspace's models are read
            if (context().open)
                context().open(id(), argument);
            else
                openAt(argument);
        });
        connect(m_runs, &RunsPage::compareRequested, this, [this](const QStringList &runIds) { showTogether(m_runs->connectionName(), runIds); });
    }
    return m_runs;
}

void ModelsPanel::showRuns(const QString &runId) {
    m_pages->setCurrentWidget(runsPage());
    m_state->show(ScreenState::full()); // runs may be there before any model
    if (!runId.isEmpty())
        m_runs->choose(runId);
    m_runs->firstFocus()->setFocus();
    Q_EMIT headerChanged();
}

void ModelsPanel::closeSheet() {
    if (m_pages->currentIndex() == 0)
        return;
    if (compareIsShown() && m_fromRuns)
        return showRuns({});
    m_pages->setCurrentIndex(0);
    m_table->setFocus();
    if (m_snapshot.read.isValid())
        showSnapshot(fleet::Snapshot(m_snapshot)); // without a model the page says so
    Q_EMIT headerChanged();
}

void ModelsPanel::openAt(const QString &argument) {
    if (argument.startsWith(QLatin1String("run/"))) // no model's name has a stroke
        return showRuns(argument.mid(4));
    if (argument.startsWith(QLatin1String("environments/")))
        return openEnvironments();
    if (argument.startsWith(QLatin1String("history/")))
        return openHistory(argument.mid(8));
    if (argument.startsWith(QLatin1String("p-"))) {
        if (request(argument))
            showSheet(argument);
        else
            m_wantedRequest = argument;
        return;
    }
    if (argument.startsWith(QLatin1String("compare/")))
        return openCompare(argument.mid(8));
    closeSheet();
    const bool version = argument.startsWith(QLatin1String("version/"));
    const QString model = version ? argument.section(QLatin1Char('/'), 1, -2) : argument;
    m_wantedVersion = version ? argument.section(QLatin1Char('/'), -1) : QString();
    if (!model.isEmpty()) {
        m_model = model;
        m_list->choose(model);
        showModel();
    }
}

QStringList ModelsPanel::path() const {
    return sheetIsShown() || compareIsShown() || onHistory() ? QStringList{title(), m_model} : QStringList{title()};
}

QString ModelsPanel::subject() const {
    const promotion::Request *r = request(m_request);
    if (onHistory())
        return tr("History");
    if (onEnvironments())
        return tr("Environments");
    if (runsAreShown())
        return m_runs->subject();
    if (compareIsShown())
        return tr("Compare runs");
    if (sheetIsShown() && r)
        return tr("Promote v%1 to %2").arg(r->version).arg(r->alias);
    return m_model.isEmpty() ? title() : m_model;
}

std::vector<HeaderBadge> ModelsPanel::badges() const { return {}; }

QString ModelsPanel::currentArgument(const QString &actionId) const {
    if (actionId == QLatin1String("models.compare") || actionId == QLatin1String("registry.history") || actionId == QLatin1String("registry.exportHistory"))
        return m_model;
    if (onHistory() && actionId.startsWith(QLatin1String("promotion.")))
        return chosenPromotion();
    if (onEnvironments())
        return environmentArgument(actionId);
    if (sheetIsShown())
        return m_request;
    if (runsAreShown())
        return {};
    const QString version = m_table->currentId();
    if (actionId == QLatin1String("promotion.request") || actionId == QLatin1String("explain.open"))
        return version.isEmpty() ? QString() : m_model + QLatin1Char('/') + version;
    if (actionId == QLatin1String("promotion.review"))
        for (const promotion::Request &r : m_snapshot.promotions)
            if (r.model == m_model && QString::number(r.version) == version)
                return r.id;
    return {};
}

QWidget *ModelsPanel::firstFocus() {
    if (onHistory())
        return historyFocus();
    if (onEnvironments())
        return environmentsFocus();
    if (compareIsShown())
        return m_together->firstFocus();
    return sheetIsShown() ? static_cast<QWidget *>(m_sheet) : runsAreShown() ? m_runs->firstFocus() : m_list;
}

} // namespace pilothouse::ui
