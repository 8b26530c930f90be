// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/learn/train_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/compare_model.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/report_export.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/learn/finding_model.h"
#include "widgets/learn/recipe_form.h"
#include "widgets/learn/run_view.h"
#include "widgets/learn/search_card.h"

#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {
constexpr int lowBelow = 720 - 76; // px: a window below 720, less header and task bar
} // namespace

TrainPanel::TrainPanel(const PanelContext &context, QWidget *parent) : Panel(QStringLiteral("train"), tr("Train"), context, parent) {
    addActions();
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    auto *split = new QSplitter;
    split->setObjectName(QStringLiteral("trainSplit"));
    split->setHandleWidth(12);
    m_form = new RecipeForm(context);
    m_form->setMinimumWidth(260);
    m_run = new RunView(context);
    auto *side = new QWidget;
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(m_run);
    auto *charts = new QHBoxLayout;
    charts->setSpacing(12);
    charts->addWidget(m_run->lossCard(), 1);
    charts->addWidget(m_run->qualityCard(), 1);
    m_search = new SearchCard(context);
    charts->addWidget(m_search, 1);
    charts->addWidget(buildFindings(), 1);
    connect(m_search, &SearchCard::shown, this, [this](bool hasSearch) { m_run->qualityCard()->setVisible(!hasSearch); }); // three charts beside each other say nothing
    column->addLayout(charts, 3);
    column->addWidget(buildRuns(), 3);
    column->addWidget(m_run->logCard(), 2);
    split->addWidget(m_form);
    split->addWidget(side);
    split->setStretchFactor(1, 1);
    split->setSizes({300, 900});
    layout->addWidget(split);
    connect(m_form, &RecipeForm::modelChosen, this, [this](const QString &model) {
        m_model = model;
        showRuns();
        m_run->showJob(shownJob());
        showFindings();
        Q_EMIT headerChanged();
    });
    connect(m_form, &RecipeForm::changed, this, [this] {
        for (Button *button : findChildren<Button *>())
            button->refresh();
    });
    if (context.jobs) {
        connect(context.jobs, &fleet::Jobs::changed, this, [this](const QString &) {
            m_run->showJob(shownJob());
            showFindings();
            Q_EMIT headerChanged();
        });
        connect(context.jobs, &fleet::Jobs::finished, this, [this](const QString &id) {
            const fleet::Job *job = this->context().jobs->job(id);
            if (!job || job->arguments.value(0) != QLatin1String("train"))
                return;
            Q_EMIT m_form->changed();
            if (this->context().fleet)
                this->context().fleet->refresh();
            if (job->state == QLatin1String("done")) {
                const QString model = job->model;
                this->context().toasts->show(State::Ok, tr("%1 is trained").arg(model), tr("The candidate stands in the registry; judge it against the champion."), tr("Open"),
                                             [open = this->context().open, model] { open(QStringLiteral("models"), model); });
            } else if (job->error && job->error->kind != ErrorKind::Cancelled) {
                this->context().toasts->showError(*job->error);
            }
        });
    }
    m_run->showJob(nullptr);
}

QWidget *TrainPanel::buildRuns() {
    m_runs = new RunModel(this);
    m_filter = new FilterProxy(this);
    m_filter->setSourceModel(m_runs);
    m_table = new Table;
    m_table->setObjectName(QStringLiteral("runTable"));
    m_table->setAccessibleName(tr("Runs"));
    m_table->setSortingEnabled(true);
    m_table->setModel(m_filter);
    m_table->sortByColumn(-1, Qt::AscendingOrder); // newest first, as they come
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_runsCard = new Card(tr("Runs"));
    m_runsCard->setBody(m_table);
    m_goOn = new Button(actions(), QStringLiteral("train.resumeRun"));
    m_goOn->setObjectName(QStringLiteral("resumeRun"));
    m_goOn->setPixelHeight(24);
    m_goOn->hide();
    m_runsCard->addTool(m_goOn);
    m_compare = new CompareModel(this);
    auto *compare = new Table;
    compare->setObjectName(QStringLiteral("compareTable"));
    compare->setAccessibleName(tr("Chosen runs side by side"));
    compare->setRowHeight(Table::Compact);
    compare->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded); // each run is a column, and none may be out of reach
    compare->setModel(m_compare);
    compare->setItemDelegate(new StateDelegate(compare));
    m_compareCard = new Card(tr("Compare"));
    m_compareCard->setBody(compare);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TrainPanel::showCompare);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TrainPanel::showGoOn);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TrainPanel::showSearch);
    auto *both = new QSplitter;
    both->setObjectName(QStringLiteral("runsSplit"));
    both->setHandleWidth(12);
    both->addWidget(m_runsCard);
    both->addWidget(m_compareCard);
    both->setStretchFactor(0, 3);
    both->setStretchFactor(1, 2);
    return both;
}

QWidget *TrainPanel::buildFindings() {
    m_findings = new FindingModel(this);
    auto *sorted = new FilterProxy(this);
    sorted->setSourceModel(m_findings);
    auto *table = new Table;
    table->setObjectName(QStringLiteral("findingTable"));
    table->setAccessibleName(tr("Quality of the data"));
    table->setRowHeight(Table::Compact);
    table->setSortingEnabled(true);
    table->setModel(sorted);
    table->sortByColumn(-1, Qt::AscendingOrder); // by check, worst first, as they come
    table->setItemDelegate(new StateDelegate(table));
    m_dataCard = new Card(tr("Data"));
    m_dataCard->setObjectName(QStringLiteral("dataCard"));
    m_dataCard->setBody(table);
    m_dataReport = new Button(actions(), QStringLiteral("train.dataReport"), ButtonKind::Ghost);
    m_dataReport->setObjectName(QStringLiteral("train.dataReport"));
    m_dataReport->setWords(tr("Report…"));
    m_dataReport->setPixelHeight(24);
    m_dataCard->addTool(m_dataReport);
    m_dataCard->setMinimumHeight(150);
    m_dataCard->hide();
    return m_dataCard;
}

/// Of a file that was opened, until its training shows its curves there.
void TrainPanel::showFindings() {
    const fleet::RecipeDraft &draft = m_form->draft();
    m_dataCard->setVisible(!draft.columns.isEmpty() && !shownJob());
    m_findings->setRows(draft.findings);
    m_dataReport->refresh();
    m_dataCard->setSubtitle(tr("%1 rows · %2 columns").arg(count(draft.rows)).arg(draft.columns.size()));
    m_dataCard->showState(draft.findings.empty() ? ScreenState::empty(tr("Nothing found"), tr("No value is missing, nothing is constant, repeated or far out.")) : ScreenState::full());
}

void TrainPanel::addActions() {
    ActionSpec start;
    start.id = QStringLiteral("train.start");
    start.text = tr("Train");
    start.icon = QStringLiteral("train");
    start.section = tr("Commands");
    start.targets = [this] {
        std::vector<ActionTarget> out;
        for (const fleet::ModelRow &row : m_snapshot.models)
            out.push_back({row.name, tr("Train %1").arg(row.name), row.estimator});
        return out;
    };
    start.run = [this](const QString &argument, const QString &) { context().open(id(), argument); };
    actions().add(start);

    ActionSpec run;
    run.id = QStringLiteral("train.run");
    run.text = tr("Train on this machine");
    run.icon = QStringLiteral("play");
    run.section = tr("Commands");
    run.shortcut = QKeySequence(Qt::CTRL | Qt::Key_T);
    run.panel = id();
    run.blocked = [this](const QString &) { return m_form ? m_form->blockedReason() : QString(); };
    run.run = [this](const QString &, const QString &) { m_form->train(); };
    actions().add(run);

    ActionSpec open;
    open.id = QStringLiteral("train.openData");
    open.text = tr("Open data…");
    open.icon = QStringLiteral("plus");
    open.section = tr("Commands");
    open.shortcut = QKeySequence(Qt::CTRL | Qt::Key_O);
    open.panel = id();
    open.run = [this](const QString &, const QString &) { m_form->openData(); };
    actions().add(open);

    const auto jobAction = [this](const QString &actionId, const QString &text, const QString &icon, auto allowed, auto body) {
        ActionSpec spec;
        spec.id = actionId;
        spec.text = text;
        spec.icon = icon;
        spec.section = tr("Commands");
        spec.panel = id();
        spec.inPalette = false;
        spec.blocked = [this, allowed](const QString &argument) {
            const fleet::Job *job = context().jobs ? context().jobs->job(argument) : nullptr;
            return job && allowed(*job) ? QString() : tr("There is no such training in this window.");
        };
        spec.run = [this, body](const QString &argument, const QString &) { body(argument); };
        actions().add(spec);
    };
    jobAction(QStringLiteral("train.cancel"), tr("Stop"), QStringLiteral("stop"), [](const fleet::Job &job) { return job.state == QLatin1String("running"); },
              [this](const QString &job) { context().jobs->cancel(job); });
    jobAction(QStringLiteral("train.resume"), tr("Go on"), QStringLiteral("play"),
              [](const fleet::Job &job) { return job.state != QLatin1String("running") && job.state != QLatin1String("cancelling"); },
              [this](const QString &job) { context().jobs->resume(job); });
    addResumeAction();
    addReportAction();
}

void TrainPanel::addReportAction() {
    ActionSpec spec;
    spec.id = QStringLiteral("train.dataReport");
    spec.text = tr("Save data quality report…");
    spec.icon = QStringLiteral("download");
    spec.section = tr("Commands");
    spec.panel = id();
    spec.blocked = [this](const QString &) { return m_form && m_form->draft().measured ? QString() : tr("Open a data file first."); };
    spec.run = [this](const QString &, const QString &) {
        if (const auto measured = m_form->draft().measured)
            exportReport(context(), this, tr("Save data quality report"), QStringLiteral("quality-") + measured->file.section(QLatin1Char('/'), -1).section(QLatin1Char('.'), 0, 0),
                         [measured, now = now()]() -> Result<QByteArray> { return fleet::qualityReport(*measured, now); });
    };
    actions().add(spec);
}

void TrainPanel::addResumeAction() {
    ActionSpec spec;
    spec.id = QStringLiteral("train.resumeRun");
    spec.text = tr("Go on");
    spec.icon = QStringLiteral("play");
    spec.section = tr("Commands");
    spec.panel = id();
    spec.targets = [this] {
        std::vector<ActionTarget> out;
        for (const registry::Run &run : m_snapshot.runs)
            if (m_snapshot.resumable.contains(run.id))
                out.push_back({run.id, tr("Go on with %1").arg(run.name), run.experiment});
        return out;
    };
    spec.blocked = [this](const QString &run) {
        return m_snapshot.resumable.contains(run) ? QString() : tr("This run has no checkpoint to go on from.");
    };
    spec.run = [this](const QString &argument, const QString &) {
        const auto run = std::find_if(m_snapshot.runs.begin(), m_snapshot.runs.end(), [&](const registry::Run &r) { return r.id == argument; });
        if (run == m_snapshot.runs.end() || !context().jobs)
            return;
        context().open(id(), run->experiment);
        const QStringList arguments = m_snapshot.resumable.take(argument); // pressed once is enough
        context().jobs->start(tr("Train %1").arg(run->experiment), run->experiment, arguments);
        showGoOn();
    };
    actions().add(spec);
}

/// Of the chosen run, else the newest that ended.
void TrainPanel::showSearch() {
    const RunLine *line = m_runs->find(m_table->currentId());
    if (!line && m_runs->rowCount())
        line = &m_runs->row(0);
    m_search->showRun(line ? &line->run : nullptr);
}

void TrainPanel::showGoOn() {
    const QString run = m_table->currentId();
    m_goOn->setVisible(m_snapshot.resumable.contains(run));
    m_goOn->setArgument(run);
    m_goOn->refresh();
}

const fleet::Job *TrainPanel::shownJob() const {
    if (!context().jobs)
        return nullptr;
    for (const fleet::Job &job : context().jobs->jobs()) // newest first
        if (job.arguments.value(0) == QLatin1String("train") && (m_model.isEmpty() || job.model == m_model))
            return &job;
    return nullptr;
}

void TrainPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    m_form->showSnapshot(snapshot);
    showRuns();
    m_run->showJob(shownJob());
    Q_EMIT headerChanged();
}

void TrainPanel::showRuns() {
    m_runs->setNow(now());
    auto lines = runLines(m_snapshot, m_model);
    const auto row = std::find_if(m_snapshot.models.begin(), m_snapshot.models.end(), [this](const auto &m) { return m.name == m_model; });
    m_run->showRuns(lines, row == m_snapshot.models.end() ? nullptr : &*row);
    m_runs->setRows(std::move(lines));
    m_runsCard->setSubtitle(count(m_runs->rowCount()));
    m_runsCard->source()->setSource(tr("local"), m_snapshot.read, Freshness::Polled, 2);
    m_runsCard->showState(m_runs->rowCount() ? ScreenState::full() : ScreenState::empty(tr("No runs yet"), tr("Train once and the runs show up here.")));
    showCompare();
    showGoOn();
    showSearch();
}

void TrainPanel::showCompare() {
    std::vector<const registry::Run *> chosen;
    const auto selected = m_table->selectionModel()->selectedRows();
    for (const QModelIndex &index : selected)
        if (const RunLine *line = m_runs->find(index.data(IdRole).toString()); line && chosen.size() < 50)
            chosen.push_back(&line->run);
    if (chosen.size() < 2)
        chosen = newestAndChampion(chosen.empty() ? nullptr : chosen.front());
    m_compareCard->setTitle(chosen.size() > 1 ? tr("Compare %n runs", nullptr, int(chosen.size())) : tr("Compare"));
    if (chosen.empty())
        m_compareCard->showState(ScreenState::empty(tr("Nothing to compare yet"), tr("Two runs stand side by side here; Ctrl and click chooses more. What differs comes first.")));
    else
        m_compareCard->showState(ScreenState::full());
    m_compare->setRuns(chosen);
}

/// What one wants to see before choosing anything: the one chosen run, else the newest, beside the champion's.
std::vector<const registry::Run *> TrainPanel::newestAndChampion(const registry::Run *chosen) const {
    std::vector<const registry::Run *> out;
    if (chosen)
        out.push_back(chosen);
    else if (m_runs->rowCount())
        out.push_back(&m_runs->row(0).run);
    for (const RunLine &line : m_runs->rows())
        if (!out.empty() && line.chips.contains(QStringLiteral("champion")) && line.run.id != out.front()->id)
            out.push_back(&line.run);
    return out;
}

/// Below 720 px of window the log is its header, and the charts have its room.
void TrainPanel::resizeEvent(QResizeEvent *event) {
    Panel::resizeEvent(event);
    m_run->logCard()->setFolded(height() < theme().px(lowBelow));
}

void TrainPanel::openAt(const QString &argument) {
    if (!argument.isEmpty())
        m_form->chooseModel(argument);
}

QStringList TrainPanel::path() const { return {title()}; }
QString TrainPanel::subject() const { return m_model.isEmpty() ? title() : m_model; }

std::vector<HeaderBadge> TrainPanel::badges() const {
    const int running = context().jobs ? context().jobs->running() : 0;
    return running ? std::vector<HeaderBadge>{{State::Running, tr("%n running", nullptr, running)}} : std::vector<HeaderBadge>{};
}

QString TrainPanel::currentArgument(const QString &actionId) const {
    if (actionId == QLatin1String("train.cancel") || actionId == QLatin1String("train.resume"))
        return shownJob() ? shownJob()->id : QString();
    if (actionId == QLatin1String("train.resumeRun"))
        return m_table->currentId();
    return m_model;
}

} // namespace pilothouse::ui
