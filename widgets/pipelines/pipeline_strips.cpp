// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/pipeline_strips.h"

#include "widgets/base/button.h"
#include "widgets/base/format.h"
#include "widgets/pipelines/pipeline_words.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int mostNotices = 2;

void empty(QLayout *layout) {
    while (QLayoutItem *item = layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

QHBoxLayout *addLine(QWidget *parent, State state, const QString &words, const QString &toolTip) {
    auto *line = new QWidget(parent);
    auto *row = new QHBoxLayout(line);
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(8);
    row->addWidget(new StateGlyph(state, 14, line), 0, Qt::AlignTop);
    auto *label = new Label(words, TextRole::Second, &Tokens::t1, line);
    label->setWordWrap(true);
    label->setToolTip(toolTip);
    row->addWidget(label, 1);
    parent->layout()->addWidget(line);
    return row;
}

} // namespace

SystemsStrip::SystemsStrip(QWidget *parent) : QWidget(parent) {
    setObjectName(QStringLiteral("systemsStrip"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    hide();
}

void SystemsStrip::setState(const fleet::PipelinesState &state, const QDateTime &now) {
    struct Line {
        QString connection, words, why;
    };
    std::vector<Line> lines;
    QStringList shown;
    for (const fleet::SystemSight &sight : state.systems) {
        if (!sight.problem)
            continue;
        const QString what = sight.problem->hint.isEmpty() ? sight.problem->what : sight.problem->what + QLatin1Char(' ') + sight.problem->hint;
        const QString words = sight.read.isValid() ? tr("%1, shown from %2: %3").arg(sightWord(sight, state), moment(sight.read, now), what) : tr("%1: %2").arg(sightWord(sight, state), what);
        lines.push_back({sight.connection, words, sight.problem->text()});
        shown << sight.connection + QLatin1Char('\n') + words;
    }
    setVisible(!lines.empty());
    if (shown == m_shown)
        return;
    m_shown = shown;
    m_words.clear();
    empty(layout());
    for (const Line &line : lines) {
        m_words << line.words;
        auto *again = new Button(tr("Try again"), ButtonKind::Link, this);
        again->setObjectName(QStringLiteral("systemAgain"));
        again->setPixelHeight(22);
        addLine(this, State::Stale, line.words, line.why)->addWidget(again, 0, Qt::AlignTop);
        connect(again, &QAbstractButton::clicked, this, [this, connection = line.connection] { Q_EMIT againWanted(connection); });
    }
}

QString SystemsStrip::text() const { return m_words.join(QLatin1Char('\n')); }

NoticeStrip::NoticeStrip(const PanelContext &context, QWidget *parent) : QWidget(parent), m_context(context) {
    setObjectName(QStringLiteral("noticeStrip"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    hide();
}

void NoticeStrip::setNotices(const std::vector<pipelines::Notice> &notices, const QString &pipeline, const QDateTime &now) {
    std::vector<const pipelines::Notice *> order;
    for (const pipelines::Notice &notice : notices)
        order.push_back(&notice);
    std::stable_sort(order.begin(), order.end(), [&](const auto *a, const auto *b) {
        const bool mine = a->pipeline == pipeline, others = b->pipeline == pipeline;
        return mine != others ? mine : a->since > b->since;
    });
    QStringList drawn;
    m_shown.clear();
    for (std::size_t i = 0; i < order.size() && i < mostNotices; ++i) {
        m_shown << order[i]->id;
        drawn << order[i]->id + QLatin1Char('\n') + order[i]->sentence + QLatin1Char('\n') + age(order[i]->since, now);
    }
    drawn << QString::number(order.size());
    setVisible(!order.empty());
    if (drawn == m_drawn)
        return;
    m_drawn = drawn;
    empty(layout());
    for (std::size_t i = 0; i < order.size() && i < mostNotices; ++i) {
        const pipelines::Notice &notice = *order[i];
        const auto left = order.size() - mostNotices;
        QString words = notice.since.isValid() ? tr("%1 (%2)").arg(notice.sentence, age(notice.since, now)) : notice.sentence;
        if (i + 1 == mostNotices && order.size() > mostNotices)
            words += QLatin1Char(' ') + tr("%n more in the inbox.", nullptr, int(left));
        QHBoxLayout *row = addLine(this, State::Warn, words, notice.pipeline);
        if (!notice.run.isEmpty()) {
            auto *show = new Button(tr("Show run"), ButtonKind::Link, this);
            show->setPixelHeight(22);
            row->addWidget(show, 0, Qt::AlignTop);
            connect(show, &QAbstractButton::clicked, this, [this, run = notice.run] { m_context.actions->trigger(QStringLiteral("pipeline.show"), run); });
        }
        if (!notice.start)
            continue;
        auto *fix = new Button(*m_context.actions, QStringLiteral("pipeline.fix"), ButtonKind::Plain, this);
        fix->setObjectName(QStringLiteral("noticeFix"));
        fix->setArgument(notice.id);
        fix->setWords(notice.fix);
        fix->setPixelHeight(24);
        fix->refresh();
        row->addWidget(fix, 0, Qt::AlignTop);
    }
}

} // namespace pilothouse::ui
