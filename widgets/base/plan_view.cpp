// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/plan_view.h"

#include "widgets/base/button.h"
#include "widgets/base/state.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QApplication>
#include <QBoxLayout>
#include <QClipboard>
#include <QPainter>

namespace pilothouse::ui {
namespace {

State stateOfStep(const QString &word) {
    if (word == QLatin1String("done"))
        return State::Ok;
    if (word == QLatin1String("failed") || word == QLatin1String("refused"))
        return State::Bad;
    if (word == QLatin1String("undone"))
        return State::Skipped;
    return word == QLatin1String("sending") ? State::Running : State::Waiting;
}

} // namespace

class PlanView::Row : public QWidget {
public:
    Row(int number, const operations::PlannedCall &call, PlanView *view) : QWidget(view), m_number(number), m_call(call), m_note(call.effect) {
        auto *copy = new Button({}, ButtonKind::Ghost, this);
        copy->setGlyph(QStringLiteral("copy"));
        copy->setPixelHeight(24);
        copy->setToolTip(call.command);
        copy->setAccessibleName(PlanView::tr("Copy call %1").arg(number));
        copy->setVisible(!call.command.isEmpty());
        connect(copy, &QAbstractButton::clicked, view, [view, call] {
            QApplication::clipboard()->setText(call.command);
            Q_EMIT view->copied(call.command);
        });
        auto *row = new QHBoxLayout(this);
        row->setContentsMargins(0, 0, 0, 0);
        row->addStretch(1);
        row->addWidget(copy, 0, Qt::AlignTop);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setToolTip(call.undo.isEmpty() ? PlanView::tr("Cannot be undone.") : PlanView::tr("Undo: %1").arg(call.undo));
        describe();
    }
    void setOutcome(State state, const QString &note) {
        m_state = state;
        m_note = note.isEmpty() ? m_call.effect : note;
        describe();
        update();
    }
    QSize sizeHint() const override { return {160, Theme::of(this).px(36)}; }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        const Theme &theme = Theme::of(this);
        const Tokens &t = theme.tokens();
        const double indent = theme.px(24), right = width() - theme.px(28);
        const QRectF first(indent, 0, right - indent, theme.px(19));
        if (m_state == State::None) {
            painter.setFont(theme.font(TextRole::Mono));
            painter.setPen(t.t3);
            drawLine(painter, QRectF(0, 0, indent - theme.px(8), first.height()), Qt::AlignRight | Qt::AlignVCenter, QString::number(m_number));
        } else {
            paintState(painter, QRectF(2, 3, theme.px(13), theme.px(13)), m_state, this);
        }
        painter.setFont(theme.font(TextRole::Mono));
        painter.setPen(t.acc);
        drawLine(painter, first, Qt::AlignLeft | Qt::AlignVCenter, m_call.verb);
        const double after = widthOf(painter, m_call.verb + QLatin1Char(' '));
        painter.setPen(t.t1);
        drawLine(painter, first.adjusted(after, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, m_call.object, Qt::ElideMiddle);
        painter.setFont(theme.font(TextRole::Caption));
        painter.setPen(m_state == State::Bad ? t.bad : t.t3);
        drawLine(painter, QRectF(indent, theme.px(18), right - indent, theme.px(15)), Qt::AlignLeft | Qt::AlignVCenter, m_note);
    }

private:
    void describe() { setAccessibleName(QStringLiteral("%1 %2 %3: %4 %5").arg(m_number).arg(m_call.verb, m_call.object, m_note, stateWord(m_state))); }
    int m_number;
    operations::PlannedCall m_call;
    QString m_note;
    State m_state = State::None;
};

PlanView::PlanView(QWidget *parent) : QWidget(parent) {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
}

void PlanView::setPlan(const std::vector<operations::PlannedCall> &calls) {
    m_calls = calls;
    for (Row *row : m_rows)
        delete row;
    m_rows.clear();
    for (std::size_t i = 0; i < calls.size(); ++i) {
        m_rows.push_back(new Row(int(i) + 1, calls[i], this));
        layout()->addWidget(m_rows.back());
    }
    updateGeometry();
}

void PlanView::setOutcome(const operations::OperationOutcome &outcome) {
    for (std::size_t i = 0; i < m_rows.size() && i < outcome.steps.size(); ++i) {
        const operations::StepOutcome &step = outcome.steps[i];
        m_rows[i]->setOutcome(stateOfStep(step.state), step.error ? step.error->text() : QString());
    }
}

QString PlanView::text() const {
    QStringList lines;
    for (std::size_t i = 0; i < m_calls.size(); ++i)
        lines << QStringLiteral("%1 %2 %3: %4").arg(i + 1).arg(m_calls[i].verb, m_calls[i].object, m_calls[i].effect);
    return lines.join(QLatin1Char('\n'));
}

} // namespace pilothouse::ui
