// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/history_view.h"

#include "core/fleet/model_place.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/registry/history_model.h"
#include "widgets/registry/live_bar.h"

#include <QBoxLayout>
#include <QScrollArea>
#include <QSplitter>

namespace pilothouse::ui {

HistoryView::HistoryView(const PanelContext &context, QWidget *parent) : QWidget(parent), m_context(context) {
    setObjectName(QStringLiteral("historyView"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(buildLive());
    auto *across = new QSplitter(Qt::Horizontal);
    across->setObjectName(QStringLiteral("historySplit"));
    across->setHandleWidth(12);
    across->setChildrenCollapsible(false);
    across->addWidget(buildChanges());
    across->addWidget(buildDetail());
    across->setStretchFactor(0, 1);
    across->setSizes({900, 380});
    column->addWidget(across, 1);
}

HistoryView::~HistoryView() { m_task.stop.request_stop(); }

QWidget *HistoryView::buildLive() {
    m_liveCard = new Card(tr("What was live when"));
    auto *report = new Button(*m_context.actions, QStringLiteral("registry.exportHistory"));
    report->setObjectName(QStringLiteral("exportHistory"));
    m_liveCard->addTool(report);
    auto *layout = m_liveCard->bodyLayout();
    m_bar = new LiveBar;
    m_bar->setObjectName(QStringLiteral("liveBar"));
    layout->addWidget(m_bar);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    auto *label = new Label(tr("At"), TextRole::Label, &Tokens::t2);
    m_when = new QDateTimeEdit;
    m_when->setObjectName(QStringLiteral("historyWhen"));
    m_when->setAccessibleName(tr("At this time"));
    m_when->setDisplayFormat(QStringLiteral("ddd d MMM yyyy HH:mm:ss"));
    m_when->setButtonSymbols(QAbstractSpinBox::NoButtons);
    showTime(m_when, (m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc()));
    label->setBuddy(m_when);
    m_words = new Label({}, TextRole::Second, &Tokens::t2);
    m_words->setObjectName(QStringLiteral("historyWords"));
    m_words->setWordWrap(true);
    row->addWidget(label);
    row->addWidget(m_when);
    row->addWidget(m_words, 1);
    layout->addLayout(row);
    connect(m_when, &QDateTimeEdit::dateTimeChanged, this, [this] {
        m_atNow = false;
        answer();
    });
    connect(m_bar, &LiveBar::timeChosen, this, [this](const QDateTime &time) { showTime(m_when, time); });
    return m_liveCard;
}

QWidget *HistoryView::buildChanges() {
    m_card = new Card(tr("Changes"));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 12, 0, 0);
    column->setSpacing(12);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(12);
    m_kinds = new SegmentedControl;
    m_kinds->setObjectName(QStringLiteral("historyKinds"));
    m_kinds->setAccessibleName(tr("Which changes"));
    m_kinds->setSegments({{QStringLiteral("0"), tr("All"), State::None}, {QStringLiteral("1"), tr("Versions"), State::None}, {QStringLiteral("2"), tr("Decisions"), State::None},
                          {QStringLiteral("3"), tr("Promotions"), State::None}, {QStringLiteral("4"), tr("Aliases"), State::None}, {QStringLiteral("5"), tr("Service"), State::None}});
    m_filterEdit = new FilterEdit(tr("Who, what, why: / to focus"));
    m_filterEdit->setObjectName(QStringLiteral("historyFilter"));
    m_filterEdit->setMaximumWidth(Theme::of(this).px(320));
    row->addWidget(m_kinds);
    row->addWidget(m_filterEdit, 1);
    row->addStretch(1);
    column->addLayout(row);
    m_changes = new HistoryModel(this);
    m_filter = new FilterProxy(this);
    m_filter->setSourceModel(m_changes);
    m_table = new Table;
    m_table->setObjectName(QStringLiteral("historyTable"));
    m_table->setAccessibleName(tr("Changes"));
    m_table->setRowHeight(Table::TwoLine);
    m_table->setModel(m_filter);
    m_table->setItemDelegate(new StateDelegate(m_table));
    column->addWidget(m_table, 1);
    m_card->setBody(body);
    connect(m_kinds, &SegmentedControl::currentChanged, this, [this] {
        const auto filter = HistoryFilter(m_kinds->current().toInt());
        m_filter->setRule([this, filter](const QModelIndex &row) { return passes(m_changes->row(row.row()).change.kind, filter); });
        if (!m_table->currentIndex().isValid() && m_filter->rowCount() > 0)
            m_table->setCurrentIndex(m_filter->index(0, 0));
        showChange();
    });
    connect(m_filterEdit, &QLineEdit::textChanged, m_filter, &FilterProxy::setWords);
    connect(m_filterEdit, &QLineEdit::returnPressed, m_table, qOverload<>(&QWidget::setFocus));
    connect(m_table, &Table::chosen, this, &HistoryView::showChange);
    connect(m_table, &Table::opened, this, [this] {
        if (const QString id = chosenPromotion(); !id.isEmpty())
            Q_EMIT openPromotion(id);
    });
    return m_card;
}

QWidget *HistoryView::buildDetail() {
    m_detailCard = new Card(tr("No change chosen"));
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("The chosen change"));
    auto *inner = new QWidget;
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(12, 12, 12, 12);
    m_facts = new KeyValues;
    m_facts->setObjectName(QStringLiteral("historyFacts"));
    m_facts->setKeyWidth(120);
    column->addWidget(m_facts);
    column->addStretch(1);
    scroll->setWidget(inner);
    inner->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    m_detailCard->setBody(scroll);
    return m_detailCard;
}

QWidget *HistoryView::firstFocus() const { return m_table; }

void HistoryView::setModel(const QString &name) {
    if (m_model != name) {
        m_model = name;
        m_task.stop.request_stop();
        m_task = {};
        m_atNow = true;
        setHistory({name, {}, {}, {}, {}, {}});
        m_card->showState(ScreenState::loading());
    }
    refresh();
}

void HistoryView::refresh() {
    if (!m_context.fleet || m_task.isRunning() || m_model.isEmpty())
        return;
    m_task = startTask<fleet::History>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), model = m_model](std::stop_token) -> Result<fleet::History> {
        PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*services, model));
        return fleet::readHistory(*services, place.key.name, {}, place.key.connection);
    });
    deliver(m_task, this, [this, model = m_model](const Result<fleet::History> &history) {
        if (model != m_model)
            return;
        if (history)
            setHistory(*history);
        else if (history.error().kind != ErrorKind::Cancelled)
            m_card->showState(ScreenState::failed(history.error(), tr("Try again"), [this] { refresh(); }));
    });
}

void HistoryView::setHistory(const fleet::History &history) {
    m_history = history;
    m_model = history.model;
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    if (!m_history.read.isValid())
        m_history.read = now;
    m_bar->setHistory(m_history);
    m_liveCard->setSubtitle(history.alias.isEmpty() ? QString() : tr("alias %1").arg(history.alias));
    if (!history.source.isEmpty())
        m_liveCard->source()->setSource(history.source, m_history.read, Freshness::Polled);
    m_changes->setHistory(m_history, now);
    m_card->setSubtitle(count(m_changes->rowCount()));
    m_card->showState(m_changes->rowCount() ? ScreenState::full() : ScreenState::empty(tr("No change yet"), tr("Each version, promotion and alias of this model shows up here, with who did it and why.")));
    if (m_atNow) {
        const QSignalBlocker quiet(m_when);
        showTime(m_when, now);
    }
    if (!m_table->currentIndex().isValid() && m_filter->rowCount() > 0)
        m_table->setCurrentIndex(m_filter->index(0, 0));
    answer();
    showChange();
}

void HistoryView::answer() {
    const QDateTime time = m_when->dateTime().toUTC();
    m_bar->setTime(time);
    m_words->setText(m_history.alias.isEmpty() ? QString() : fleet::spanSentence(m_history, fleet::spanAt(m_history, time), time));
}

void HistoryView::showChange() {
    const HistoryLine *line = m_changes->find(m_table->currentId());
    m_detailCard->setTitle(line ? fleet::changeKindWord(line->change.kind) : tr("No change chosen"));
    m_facts->setRows(line ? changeFacts(line->change) : std::vector<KeyValues::Row>());
}

QString HistoryView::chosenPromotion() const {
    const HistoryLine *line = m_changes->find(m_table->currentId());
    return line ? line->change.promotion : QString();
}

} // namespace pilothouse::ui
