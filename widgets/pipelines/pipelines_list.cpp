// SPDX-License-Identifier: GPL-3.0-or-later
// The left side of the Pipelines panel: which systems were read when, and their runs.
#include "widgets/pipelines/pipelines_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/stage_graph.h"
#include "widgets/base/table.h"
#include "widgets/pipelines/pipeline_strips.h"
#include "widgets/pipelines/run_list.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

QWidget *PipelinesPanel::buildList() {
    m_listCard = new Card(tr("Runs"));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 10, 0, 0);
    column->setSpacing(8);
    m_states = new SegmentedControl;
    m_states->setObjectName(QStringLiteral("pipelineStates"));
    m_states->setAccessibleName(tr("Which runs"));
    auto *row = new QHBoxLayout;
    row->setContentsMargins(12, 0, 12, 0);
    row->addWidget(m_states);
    row->addStretch(1);
    column->addLayout(row);
    m_filter = new FilterEdit(tr("Pipeline, system, commit, /"));
    m_filter->setObjectName(QStringLiteral("pipelineFilter"));
    m_filter->setAccessibleName(tr("Filter runs"));
    auto *start = new Button(actions(), QStringLiteral("pipeline.start"));
    start->setObjectName(QStringLiteral("pipelineStart"));
    start->setWords(tr("Start…"));
    m_buttons.push_back(start);
    auto *second = new QHBoxLayout;
    second->setContentsMargins(12, 0, 12, 0);
    second->addWidget(m_filter, 1);
    second->addWidget(start);
    column->addLayout(second);
    m_systems = new SystemsStrip;
    column->addWidget(m_systems);
    m_list = new List;
    m_list->setObjectName(QStringLiteral("pipelineRuns"));
    m_list->setAccessibleName(tr("Pipeline runs, newest first"));
    m_list->setUniformItemSizes(true);
    column->addWidget(m_list, 1);
    m_listCard->setBody(body);
    followList();
    m_filterSoon.setSingleShot(true);
    m_filterSoon.setInterval(80);
    connect(m_filter, &QLineEdit::textChanged, &m_filterSoon, qOverload<>(&QTimer::start));
    connect(&m_filterSoon, &QTimer::timeout, this, [this] {
        m_runs->setWords(m_filter->text());
        showSources();
    });
    connect(m_filter, &QLineEdit::returnPressed, m_list, qOverload<>(&QWidget::setFocus));
    connect(m_states, &SegmentedControl::currentChanged, this, [this](const QString &id) {
        m_runs->setShown(id);
        showSources();
    });
    connect(m_systems, &SystemsStrip::againWanted, this, &PipelinesPanel::refresh);
    connect(m_listCard->source(), &SourceLabel::clicked, this, [this] { context().open(QStringLiteral("connections"), {}); });
    return m_listCard;
}

/// What is chosen stays chosen while lines come and go, also while the filter hides it.
void PipelinesPanel::followList() {
    // After the view has chosen a neighbour of a line that goes; before that is heard of.
    connect(m_runs, &QAbstractItemModel::rowsAboutToBeRemoved, this, [this] { m_leaving = true; });
    m_list->setModel(m_runs);
    const auto restore = [this] {
        m_leaving = true;
        if (m_list->currentId() != m_run) {
            const int row = m_runs->rowOf(m_run);
            m_list->setCurrentIndex(row < 0 ? QModelIndex() : m_runs->index(row));
        }
        m_leaving = false;
    };
    connect(m_runs, &QAbstractItemModel::rowsRemoved, this, restore);
    connect(m_runs, &QAbstractItemModel::rowsInserted, this, restore);
    connect(m_runs, &QAbstractItemModel::modelReset, this, [this, restore] {
        restore();
        if (m_list->currentIndex().isValid())
            m_list->scrollTo(m_list->currentIndex(), QAbstractItemView::PositionAtCenter);
    });
    connect(m_list, &List::opened, this, [this] { m_stages->setFocus(Qt::TabFocusReason); });
    connect(m_list, &List::chosen, this, [this](const QString &id) {
        if (m_leaving || id.isEmpty())
            return;
        m_wanted.clear(); // what was waited for takes nobody away from what he looks at
        choose(id);
    });
}

void PipelinesPanel::showSources() {
    std::vector<SegmentedControl::Segment> segments{{QStringLiteral("all"), tr("All"), State::None}};
    for (const pipelines::State one : {pipelines::State::Paused, pipelines::State::Running, pipelines::State::Waiting, pipelines::State::Failed})
        if (const int n = m_runs->countOf(one); n > 0 || m_states->current() == pipelines::stateName(one))
            segments.push_back({pipelines::stateName(one), count(n), stateOf(one)});
    m_states->setSegments(std::move(segments));
    const qsizetype all = qsizetype(state().runs.size()), shown = m_runs->rowCount();
    m_listCard->setSubtitle(shown == all ? count(all) : tr("%1 of %2").arg(count(shown), count(all)));
    m_systems->setState(state(), now());
    // The oldest of those that answer: a system that does not has a line of its own.
    QDateTime oldest;
    int answering = 0;
    QString name, why;
    for (const fleet::SystemSight &sight : state().systems) {
        if (sight.problem) {
            why = sight.problem->text();
            continue;
        }
        ++answering;
        name = sightWord(sight, state());
        if (sight.read.isValid())
            oldest = oldest.isValid() ? std::min(oldest, sight.read) : sight.read;
    }
    const QString words = answering == 1 && state().systems.size() == 1 ? name : answering == int(state().systems.size()) ? tr("%n sources", nullptr, answering) : tr("%1 of %2 sources").arg(answering).arg(state().systems.size());
    if (answering == 0 && !state().systems.empty())
        m_listCard->source()->setDown(words, oldest, why);
    else
        m_listCard->source()->setSource(words, oldest, Freshness::Polled, 60);
}

} // namespace pilothouse::ui
