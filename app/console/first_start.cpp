// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/first_start.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/key_boxes.h"
#include "widgets/base/icons.h"
#include "widgets/base/text.h"

#include <QBoxLayout>
#include <QPainter>

namespace pilothouse::console {

using namespace ui;

namespace {

/// Drift → Retrain → Evidence → Approve → Rollout → Watch.
class Loop : public QWidget {
public:
    Loop(std::vector<std::pair<QString, QString>> steps, int accented, QWidget *parent) : QWidget(parent), m_steps(std::move(steps)), m_accented(accented) {
        setFixedHeight(Theme::of(this).px(84));
        QStringList names;
        for (const auto &step : m_steps)
            names << step.second;
        setAccessibleName(names.join(QStringLiteral(" → ")));
    }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Theme &theme = Theme::of(this);
        const Tokens &t = theme.tokens();
        const double column = double(width()) / double(m_steps.size()), r = theme.px(26), y = r + 2;
        for (std::size_t i = 0; i < m_steps.size(); ++i) {
            const QPointF middle(column * (double(i) + 0.5), y);
            const bool accent = int(i) == m_accented;
            painter.setPen(QPen(accent ? t.acc : t.line2, 1.4));
            painter.setBrush(t.bg1);
            painter.drawEllipse(middle, r, r);
            const double side = theme.px(20);
            paintIcon(painter, QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side), m_steps[i].first, accent ? t.acc : t.t1);
            painter.setFont(theme.font(TextRole::Second));
            painter.setPen(t.t2);
            drawLine(painter, QRectF(middle.x() - column / 2, y + r + theme.px(8), column, theme.px(18)), Qt::AlignCenter, m_steps[i].second);
            if (i + 1 < m_steps.size()) {
                painter.setPen(QPen(t.line2, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
                const double from = middle.x() + r + 4, to = middle.x() + column - r - 4;
                painter.drawLine(QPointF(from, y), QPointF(to, y));
                painter.drawPolyline(QPolygonF({QPointF(to - 5, y - 5), QPointF(to, y), QPointF(to - 5, y + 5)}));
            }
        }
    }

private:
    std::vector<std::pair<QString, QString>> m_steps;
    int m_accented;
};

QWidget *stateLine(State state, const QString &text) {
    auto *line = new QWidget;
    auto *row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(10);
    row->addWidget(new StateGlyph(state, 14, line));
    row->addWidget(new Label(text), 1);
    return line;
}

} // namespace

FirstStart::FirstStart(QWidget *parent) : QWidget(parent) {
    setObjectName(QStringLiteral("firstStart"));
    auto *outer = new QHBoxLayout(this);
    outer->addStretch(1);
    auto *middle = new QWidget;
    middle->setMaximumWidth(Theme::of(this).px(960));
    outer->addWidget(middle, 20);
    auto *column = new QVBoxLayout(middle);
    column->setSpacing(12);
    outer->addStretch(1);
    column->addStretch(2);
    auto *head = new Label(tr("One window from drift to rollout"), TextRole::Answer);
    head->setAlignment(Qt::AlignHCenter);
    auto *words = new Label(tr("Pilothouse shows what is live, what waits for you and what each button will do before it does it."), TextRole::Body, &Tokens::t2);
    words->setAlignment(Qt::AlignHCenter);
    words->setWordWrap(true);
    column->addWidget(head);
    column->addWidget(words);
    column->addSpacing(10);
    column->addWidget(loop());
    column->addSpacing(10);
    auto *cards = new QHBoxLayout;
    cards->setSpacing(16);
    cards->addWidget(demoCard(), 46);
    cards->addWidget(ownCard(), 52);
    column->addLayout(cards);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(6);
    foot->addStretch(1);
    const std::pair<QStringList, QString> keys[] = {{{QStringLiteral("Ctrl"), QStringLiteral("K")}, tr("everything")}, {{QStringLiteral("?")}, tr("keys")}};
    for (const auto &[boxes, text] : keys) {
        foot->addWidget(new KeyBoxes(boxes));
        foot->addWidget(new Label(text, TextRole::Second, &Tokens::t3));
        foot->addSpacing(14);
    }
    foot->addWidget(new Label(tr("No usage data is sent."), TextRole::Second, &Tokens::t3));
    foot->addStretch(1);
    column->addSpacing(8);
    column->addLayout(foot);
    column->addStretch(3);
}

QWidget *FirstStart::loop() {
    return new Loop({{QStringLiteral("drift"), tr("Drift")},
                     {QStringLiteral("train"), tr("Retrain")},
                     {QStringLiteral("file"), tr("Evidence")},
                     {QStringLiteral("check"), tr("Approve")},
                     {QStringLiteral("rollouts"), tr("Rollout")},
                     {QStringLiteral("eye"), tr("Watch")}},
                    3, this);
}

QWidget *FirstStart::demoCard() {
    auto *card = new Card;
    card->setEdge(&Tokens::acc);
    auto *column = card->bodyLayout(24, 10);
    column->addWidget(new Label(tr("Look around first"), TextRole::Screen));
    auto *words = new Label(tr("The demo workspace runs a small estate on this computer: three weather models, traffic with labels that come late, drift that grows while "
                               "you watch. No account, no network, nothing real can be changed."),
                            TextRole::Body, &Tokens::t2);
    words->setWordWrap(true);
    column->addWidget(words);
    column->addWidget(stateLine(State::Paused, tr("Approve a promotion and undo it")));
    column->addWidget(stateLine(State::Running, tr("Retrain a wind model on this computer")));
    column->addWidget(stateLine(State::Bad, tr("See a worse model turned back by itself")));
    column->addStretch(1);
    auto *row = new QHBoxLayout;
    m_demo = new Button(tr("Open the demo workspace"), ButtonKind::Primary);
    m_demo->setObjectName(QStringLiteral("openDemo"));
    m_demo->setGlyph(QStringLiteral("play"));
    m_demo->setHint(QStringLiteral("↵"));
    m_demo->setPixelHeight(32);
    m_ready = new Label({}, TextRole::Second, &Tokens::t3);
    m_ready->setElide(Qt::ElideMiddle);
    row->addWidget(m_demo);
    row->addWidget(m_ready, 1);
    column->addLayout(row);
    setFocusProxy(m_demo);
    connect(m_demo, &QAbstractButton::clicked, this, &FirstStart::demoWanted);
    return card;
}

QWidget *FirstStart::ownCard() {
    auto *card = new Card;
    auto *column = card->bodyLayout(0, 0);
    auto *head = new QVBoxLayout;
    head->setContentsMargins(24, 16, 24, 10);
    head->setSpacing(2);
    head->addWidget(new Label(tr("Or connect your own"), TextRole::Screen));
    head->addWidget(new Label(tr("Start with any one. All open read only until you allow writes."), TextRole::Second, &Tokens::t2));
    column->addLayout(head);
    const std::tuple<const char *, QString, QString, QString> ways[] = {
        {"registry", tr("Registry"), tr("local, MLflow"), tr("See which version is live and what waits")},
        {"ci", tr("CI"), tr("local pipelines, Jenkins, Actions, Kubeflow, Azure ML"), tr("Answer paused gates here")},
        {"cluster", tr("Cluster"), tr("local serving, Kubernetes"), tr("Watch rollouts, undo")},
        {"metrics", tr("Metrics"), tr("Prometheus, Elasticsearch"), tr("Accuracy, drift and alerts")},
    };
    int number = 1;
    for (const auto &[id, name, systems, words] : ways) {
        column->addWidget(new HairLine);
        auto *row = new QHBoxLayout;
        row->setContentsMargins(24, 7, 24, 7);
        row->setSpacing(12);
        row->addWidget(new Chip(QString::number(number++)));
        auto *text = new QVBoxLayout;
        text->setSpacing(0);
        auto *first = new QHBoxLayout;
        first->setSpacing(6);
        first->addWidget(new Label(name, TextRole::Strong));
        auto *kinds = new Label(systems, TextRole::Body, &Tokens::t3);
        kinds->setElide(Qt::ElideRight);
        first->addWidget(kinds, 1);
        text->addLayout(first);
        text->addWidget(new Label(words, TextRole::Second, &Tokens::t2));
        row->addLayout(text, 1);
        auto *button = new Button(tr("Connect"));
        button->setAccessibleName(tr("Connect %1").arg(name));
        connect(button, &QAbstractButton::clicked, this, [this, what = QString(QLatin1String(id))] { Q_EMIT connectWanted(what); });
        row->addWidget(button);
        column->addLayout(row);
    }
    column->addWidget(new HairLine);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(24, 8, 24, 8);
    auto *file = new Button(tr("Workspace file…"));
    file->setGlyph(QStringLiteral("folder"));
    file->setObjectName(QStringLiteral("openWorkspace"));
    connect(file, &QAbstractButton::clicked, this, &FirstStart::workspaceWanted);
    foot->addWidget(file);
    auto *made = new Button(tr("New from a template…"));
    made->setObjectName(QStringLiteral("newFromTemplate"));
    connect(made, &QAbstractButton::clicked, this, &FirstStart::templateWanted);
    foot->addWidget(made);
    foot->addStretch(1);
    foot->addWidget(new Label(tr("Secrets go to the keychain"), TextRole::Caption, &Tokens::t3));
    column->addLayout(foot);
    return card;
}

void FirstStart::setDemo(const QString &folder, bool ready) {
    m_ready->setText(ready ? tr("Ready, in %1").arg(folder) : tr("is being made"));
    m_ready->setInk(&Tokens::t3);
}

void FirstStart::setProblem(const Error &error) {
    m_ready->setText(error.what);
    m_ready->setToolTip(error.text());
    m_ready->setInk(&Tokens::bad);
}

} // namespace pilothouse::console
