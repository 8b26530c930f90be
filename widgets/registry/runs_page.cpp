// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/runs_page.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/compare_model.h"
#include "widgets/base/export.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/registry/run_column_chooser.h"
#include "widgets/registry/run_filter_edit.h"
#include "widgets/registry/run_table.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

using registry::Run;
using registry::RunColumn;

RunsPage::RunsPage(const PanelContext &context, QWidget *parent) : QWidget(parent), m_context(context), m_model(new RunTableModel(this)) {
    setObjectName(QStringLiteral("runsPage"));
    m_shown.runs = std::make_shared<const std::vector<Run>>();
    m_shown.vocabulary = std::make_shared<const registry::RunVocabulary>();
    addActions(); // first: buttons read the catalogue
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(buildTools());
    m_note = new Label({}, TextRole::Caption, &Tokens::t3);
    m_note->setObjectName(QStringLiteral("runsNote"));
    m_note->setElide(Qt::ElideRight);
    m_note->hide();
    column->addWidget(m_note);
    auto *split = new QSplitter;
    split->setObjectName(QStringLiteral("runsSplit"));
    split->setHandleWidth(12);
    split->addWidget(buildTable());
    split->addWidget(buildSide());
    split->setStretchFactor(0, 1);
    split->setChildrenCollapsible(false);
    column->addWidget(split, 1);
    m_card->showState(ScreenState::loading());
    showMarks();
}

QWidget *RunsPage::buildTools() {
    auto *tools = new QWidget;
    auto *row = new QHBoxLayout(tools);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    auto *back = new Button(tr("Models"));
    back->setObjectName(QStringLiteral("runsBack"));
    back->setGlyph(QStringLiteral("chevron-left"));
    back->setHint(tr("Esc"));
    connect(back, &QAbstractButton::clicked, this, &RunsPage::backRequested);
    m_connection = new Choice;
    m_connection->setObjectName(QStringLiteral("runsConnection"));
    m_connection->setAccessibleName(tr("Registry"));
    m_connection->setMinimumWidth(Theme::of(this).px(130));
    m_connection->setToolTip(tr("The registry whose runs are shown"));
    m_connection->hide();
    connect(m_connection, &QComboBox::textActivated, this, [this](const QString &name) {
        if (m_feed)
            m_feed->setConnection(name);
        Q_EMIT subjectChanged();
    });
    m_filter = new RunFilterEdit;
    m_filter->setObjectName(QStringLiteral("runsFilter"));
    connect(m_filter, &RunFilterEdit::filterChanged, this, &RunsPage::showFilter);
    connect(m_filter, &RunFilterEdit::problemChanged, this, &RunsPage::showNote);
    m_views = new Button(tr("Views"));
    m_views->setObjectName(QStringLiteral("runsViews"));
    m_views->setGlyph(QStringLiteral("eye"));
    connect(m_views, &QAbstractButton::clicked, this, &RunsPage::openViews);
    m_columns = new Button(tr("Columns"));
    m_columns->setObjectName(QStringLiteral("runsColumns"));
    m_columns->setGlyph(QStringLiteral("grid"));
    connect(m_columns, &QAbstractButton::clicked, this, &RunsPage::chooseColumns);
    row->addWidget(back);
    row->addWidget(m_connection);
    row->addWidget(m_filter, 1);
    row->addWidget(m_views);
    row->addWidget(m_columns);
    return tools;
}

QWidget *RunsPage::buildTable() {
    m_card = new Card(tr("Runs"));
    m_card->setObjectName(QStringLiteral("runsCard"));
    m_card->setMinimumWidth(360);
    m_parts = new SegmentedControl;
    m_parts->setObjectName(QStringLiteral("runsParts"));
    m_parts->setAccessibleName(tr("Runs in a state"));
    connect(m_parts, &SegmentedControl::currentChanged, this, [this](const QString &part) { m_model->setPart(RunTableModel::Part(part.toInt())); });
    m_card->addLeftTool(m_parts);
    m_save = new ExportButton(actions(), {QStringLiteral("registry.runsCsv"), QStringLiteral("registry.runsPng")});
    m_card->addTool(m_save);
    m_compare = new Button(actions(), QStringLiteral("registry.runsCompare"));
    m_compare->setObjectName(QStringLiteral("runsCompare"));
    m_compare->setPixelHeight(24);
    m_card->addTool(m_compare);
    m_register = new Button(actions(), QStringLiteral("registry.runRegister"));
    m_register->setObjectName(QStringLiteral("runsRegister"));
    m_register->setWords(tr("Register…"));
    m_register->setPixelHeight(24);
    m_card->addTool(m_register);
    m_table = new RunTable;
    m_table->setObjectName(QStringLiteral("runsTable"));
    m_table->setAccessibleName(tr("Runs"));
    m_table->setModel(m_model);
    m_table->setSortingEnabled(true);
    syncSort();
    m_card->setBody(m_table);
    connect(m_model, &RunTableModel::aboutToChange, this, &RunsPage::keepPlace);
    connect(m_model, &RunTableModel::hasChanged, this, &RunsPage::restorePlace);
    connect(m_model, &RunTableModel::countsChanged, this, &RunsPage::showCounts);
    connect(m_model, &RunTableModel::marksChanged, this, &RunsPage::showMarks);
    connect(m_model, &RunTableModel::orderChanged, this, [this] {
        syncSort();
        wantFigures();
    });
    connect(m_table, &RunTable::markWanted, this, [this](const QString &id) {
        if (!m_model->setMarked(id, !m_model->isMarked(id)) && m_context.toasts)
            m_context.toasts->show(State::Warn, tr("Not marked"), tr("%1 runs are compared at most.").arg(RunTableModel::mostMarked));
    });
    connect(m_table, &RunTable::copyWanted, this, &RunsPage::copyRows);
    connect(m_table, &RunTable::scrolled, this, &RunsPage::wantFigures);
    connect(m_table, &Table::chosen, this, [this] {
        m_register->setArgument(m_table->currentId());
        if (m_side->isVisibleTo(this))
            showSide();
    });
    connect(m_table, &Table::opened, this, [this] {
        m_side->show();
        showSide();
    });
    return m_card;
}

QWidget *RunsPage::buildSide() {
    m_side = new Card(QStringLiteral(" "));
    m_side->setObjectName(QStringLiteral("runSide"));
    m_side->setMinimumWidth(260);
    auto *close = new Button(QString(), ButtonKind::Ghost);
    close->setGlyph(QStringLiteral("cross"));
    close->setAccessibleName(tr("Close the run"));
    close->setToolTip(tr("Close the run"));
    close->setPixelHeight(24);
    connect(close, &QAbstractButton::clicked, this, &RunsPage::closeSide);
    m_side->addTool(close);
    m_facts = new KeyValues;
    m_facts->setKeyWidth(86);
    m_values = new CompareModel(this);
    auto *values = new Table;
    values->setObjectName(QStringLiteral("runValues"));
    values->setAccessibleName(tr("Parameters and metrics of the run"));
    values->setRowHeight(Table::Compact);
    values->setModel(m_values);
    values->setItemDelegate(new StateDelegate(values));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 12, 0, 0);
    auto *padded = new QHBoxLayout;
    padded->setContentsMargins(12, 0, 12, 0);
    padded->addWidget(m_facts);
    column->addLayout(padded);
    column->addWidget(values, 1);
    m_side->setBody(body);
    m_side->hide();
    return m_side;
}

QDateTime RunsPage::now() const { return m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc(); }

void RunsPage::setConnections(const QStringList &names) {
    m_connection->setItems(names);
    m_connection->setVisible(names.size() > 1);
}

void RunsPage::startFeed() {
    if (m_feed || !m_context.fleet || !m_context.fleet->services())
        return;
    m_feed = new fleet::RunFeed(m_context.fleet->services(), m_context.fleet->pools(), this);
    m_model->setFigures([feed = m_feed](const QString &id, const RunColumn &column) { return feed->figure(id, column); });
    connect(m_feed, &fleet::RunFeed::changed, this, [this] { showState(m_feed->state()); });
    connect(m_feed, &fleet::RunFeed::figuresChanged, this, [this] {
        m_model->figuresChanged();
        showNote();
    });
    const QStringList names = fleet::registryConnections(m_context.fleet->services()->workspace);
    setConnections(names);
    m_feed->setConnection(m_connection->currentText().isEmpty() ? names.value(0) : m_connection->currentText());
}

void RunsPage::showEvent(QShowEvent *event) {
    QWidget::showEvent(event);
    startFeed();
    if (m_feed)
        m_feed->setActive(true);
}

void RunsPage::hideEvent(QHideEvent *event) {
    QWidget::hideEvent(event);
    if (m_feed)
        m_feed->setActive(false);
}

void RunsPage::setFigures(registry::RunFigures figures) { m_model->setFigures(std::move(figures)); }

void RunsPage::showState(const fleet::RunsState &state) {
    const bool another = state.connection != m_shown.connection;
    m_shown = state;
    if (another) {
        m_model->clearMarks();
        m_wanted.clear();
    }
    m_filter->setVocabulary(state.vocabulary);
    if (!m_ownColumns && !state.runs->empty())
        m_model->setColumns(registry::usualColumns(*state.runs));
    m_model->setRuns(state.runs, now());
    if (m_wanted.isEmpty() && m_table->currentId().isEmpty() && m_model->rowCount() > 0 && m_filter->text().isEmpty())
        m_table->setCurrentIndex(m_model->index(0, 1));
    if (!m_wanted.isEmpty())
        choose(m_wanted);
    const auto again = [this] {
        if (m_feed)
            m_feed->refresh();
    };
    if (state.runs->empty() && state.problem)
        m_card->showState(ScreenState::failed(*state.problem, tr("Try again"), again));
    else if (state.problem)
        m_card->showState(ScreenState::stale(state.read, state.problem->what, tr("Try again"), again));
    else if (state.runs->empty() && (state.loading || !state.known))
        m_card->showState(ScreenState::loading());
    else if (state.runs->empty())
        m_card->showState(ScreenState::empty(tr("No runs yet"), tr("Each training that logs to this registry shows up here, while it runs.")));
    else
        showCounts();
    if (state.problem)
        m_card->source()->setDown(state.source, state.read, state.problem->what);
    else
        m_card->source()->setSource(state.source, state.read, Freshness::Polled, state.local ? 2 : 10);
    showCounts();
    showNote();
    m_save->refreshMenu();
    if (m_side->isVisibleTo(this))
        showSide();
    m_register->setArgument(m_table->currentId());
    wantFigures();
    Q_EMIT subjectChanged();
}

/// How many the filter lets through, by state; or that it lets nothing through.
void RunsPage::showCounts() {
    const RunCounts &c = m_model->counts();
    const auto all = qint64(m_shown.runs->size());
    m_card->setSubtitle(count(all));
    std::vector<SegmentedControl::Segment> segments{{QString::number(RunTableModel::All), c.all == all ? tr("All") : tr("All %1").arg(count(c.all)), State::None}};
    const auto add = [&](RunTableModel::Part part, State state, int n) {
        if (n > 0 || m_parts->current() == QString::number(part)) // what is chosen stays to be given up
            segments.push_back({QString::number(part), QString::number(n), state});
    };
    add(RunTableModel::Running, State::Running, c.running);
    add(RunTableModel::Silent, State::Unknown, c.silent);
    add(RunTableModel::Finished, State::Ok, c.finished);
    add(RunTableModel::Failed, State::Bad, c.failed);
    add(RunTableModel::Killed, State::Skipped, c.killed);
    m_parts->setSegments(std::move(segments));
    if (m_shown.runs->empty() || m_shown.problem)
        return;
    m_card->showState(m_model->rowCount() > 0 ? ScreenState::full() : ScreenState::empty(tr("No run passes"), tr("None of %n runs fits the filter and the state chosen.", nullptr, int(all)), tr("Clear the filter"), [this] {
        m_parts->setCurrent(QString::number(RunTableModel::All));
        m_model->setPart(RunTableModel::All);
        m_filter->clear();
        m_filter->judge();
    }));
}

void RunsPage::showFilter() {
    m_model->setFilter(m_filter->filter());
    showCounts();
    m_save->refreshMenu();
    wantFigures();
}

void RunsPage::showMarks() {
    const auto marked = m_model->marked().size();
    m_compare->setWords(marked > 0 ? tr("Compare %1").arg(marked) : tr("Compare"));
    m_compare->refresh();
}

void RunsPage::showNote() {
    QString note = m_filter->problem();
    const bool wrong = !note.isEmpty();
    if (m_feed && !wrong)
        for (const RunColumn &column : m_model->runColumns())
            if (const auto missing = m_feed->figuresMissing(column); missing > 0)
                note = tr("%1: the histories of %n runs are still read.", nullptr, int(missing)).arg(runColumnTitle(column));
    if (note.isEmpty() && m_shown.loading && !m_shown.runs->empty())
        note = tr("%n runs so far; the others are on their way.", nullptr, int(m_shown.runs->size()));
    m_note->setInk(wrong ? &Tokens::bad : &Tokens::t3);
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

/// Those of the rows that are seen; of all rows where the order needs them.
void RunsPage::wantFigures() {
    if (!m_feed || !isVisible())
        return;
    m_feed->wantNothingElse(m_model->runColumns());
    for (const RunColumn &column : m_model->runColumns()) {
        if (!column.needsHistory())
            continue;
        QStringList ids;
        const auto add = [&](int row) {
            if (const Run &run = m_model->run(row); run.metrics.contains(column.key))
                ids << run.id;
        };
        const int first = qMax(0, m_table->rowAt(0)), last = m_table->rowAt(m_table->viewport()->height() - 1);
        const int end = last < 0 ? m_model->rowCount() : last + 1;
        for (int row = first; row < end; ++row)
            add(row);
        if (m_model->order().by == column)
            for (int row = 0; row < m_model->rowCount(); ++row)
                if (row < first || row >= end)
                    add(row);
        m_feed->want(column, ids);
    }
    showNote();
}

void RunsPage::showSide() {
    const int row = m_model->rowOf(m_table->currentId());
    if (row < 0)
        return;
    const Run &run = m_model->run(row);
    m_side->setTitle(run.name.isEmpty() ? run.id.left(8) : run.name);
    m_side->setSubtitle(run.experiment);
    std::vector<KeyValues::Row> facts{{tr("Status"), runStatusWord(run, now()), false, silentSeconds(run, now()) ? &Tokens::warn : &Tokens::t1},
                                      {tr("Error"), run.error, false, &Tokens::bad},
                                      {tr("Started"), run.started.isValid() ? moment(run.started, now()) : QString()},
                                      {tr("Ended"), run.ended.isValid() ? moment(run.ended, now()) : QString()},
                                      {tr("By"), run.user},
                                      {tr("Versions"), versionsOf(run.id)},
                                      {tr("Id"), run.id, true},
                                      {tr("Artifacts"), run.artifactFolder, true}};
    m_facts->setRows(facts);
    m_values->setRuns({&run});
}

bool RunsPage::closeSide() {
    if (!m_side->isVisibleTo(this))
        return false;
    m_side->hide();
    m_table->setFocus();
    return true;
}

void RunsPage::choose(const QString &runId) {
    m_wanted = runId;
    if (m_model->rowOf(runId) < 0)
        return;
    m_wanted.clear();
    m_table->choose(runId);
    m_side->show();
    showSide();
}

QString RunsPage::currentRun() const { return m_table->currentId(); }
QString RunsPage::subject() const { return m_shown.local ? tr("Runs") : tr("Runs of %1").arg(m_shown.connection); }
QWidget *RunsPage::firstFocus() const { return m_table; }

/// The arrow in the header is where the order is by, wherever that column stands now.
void RunsPage::syncSort() {
    QHeaderView *header = m_table->horizontalHeader();
    const QSignalBlocker blocker(header);
    const auto &columns = m_model->runColumns();
    const auto found = m_model->order().by ? std::find(columns.begin(), columns.end(), *m_model->order().by) : columns.end();
    header->setSortIndicator(found == columns.end() ? -1 : int(found - columns.begin()) + 1, m_model->order().descending ? Qt::DescendingOrder : Qt::AscendingOrder);
    header->viewport()->update();
}

void RunsPage::setColumns(std::vector<RunColumn> columns) {
    m_model->setColumns(std::move(columns));
    syncSort();
    wantFigures();
}

/// Runs come and go above the rows that somebody reads: these stay where they are, unless it is the beginning of the list.
void RunsPage::keepPlace() {
    if (!m_table)
        return;
    const int top = m_table->rowAt(0);
    m_place.top = m_table->verticalScrollBar()->value() == 0;
    m_place.id = top >= 0 ? m_model->run(top).id : QString();
    m_place.offset = top >= 0 ? m_table->rowViewportPosition(top) : 0;
    m_place.current = m_table->currentId();
}

void RunsPage::restorePlace() {
    if (!m_table)
        return;
    m_table->layNow();
    if (m_table->currentId() != m_place.current && !m_place.current.isEmpty()) // a reset
        if (const int row = m_model->rowOf(m_place.current); row >= 0) {
            const QSignalBlocker blocker(m_table); // it is the same run
            m_table->setCurrentIndex(m_model->index(row, 1));
        }
    const int row = m_place.top ? -1 : m_model->rowOf(m_place.id);
    if (row >= 0)
        m_table->verticalScrollBar()->setValue(m_table->verticalHeader()->sectionPosition(row) - m_place.offset);
    else if (m_place.top)
        m_table->verticalScrollBar()->setValue(0);
}

} // namespace pilothouse::ui
