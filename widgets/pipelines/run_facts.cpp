// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/run_facts.h"

#include "widgets/base/button.h"
#include "widgets/base/format.h"
#include "widgets/pipelines/pipeline_words.h"

#include <QCoreApplication>
#include <QEvent>
#include <QJsonArray>
#include <QJsonDocument>
#include <QScrollArea>
#include <QVBoxLayout>

namespace pilothouse::ui {

using pipelines::PipelineRun;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(pilothouse::ui::RunFacts)
};

QString plainValue(const QJsonValue &value) {
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    if (value.isArray())
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    return value.toVariant().toString();
}

QString parameterLines(const QJsonObject &parameters) {
    QStringList lines;
    for (auto it = parameters.begin(); it != parameters.end(); ++it)
        lines << QStringLiteral("%1=%2").arg(it.key(), plainValue(it.value()).left(200));
    return lines.join(QLatin1Char('\n'));
}

QString testWords(const pipelines::TestCounts &tests) {
    QStringList words{Text::tr("%1 passed").arg(tests.passed)};
    if (tests.failed > 0)
        words << Text::tr("%1 failed").arg(tests.failed);
    if (tests.skipped > 0)
        words << Text::tr("%1 skipped").arg(tests.skipped);
    return words.join(QStringLiteral(", "));
}

} // namespace

std::vector<KeyValues::Row> factRows(const PipelineRun &run, const QString &pipeline, const QDateTime &now) {
    QStringList images, metrics;
    for (auto it = run.images.begin(); it != run.images.end(); ++it)
        images << it.key() + QLatin1Char(':') + it.value();
    for (auto it = run.metrics.begin(); it != run.metrics.end(); ++it)
        metrics << metricName(it.key()) + QLatin1Char(' ') + number(it.value());
    const QString waited = run.merged ? Text::tr("joined with a start that waited already: somebody else may have started it") : QString();
    return {{Text::tr("Pipeline"), (pipeline.isEmpty() ? run.pipeline.section(QLatin1Char(':'), run.connection.isEmpty() ? 0 : 1) : pipeline)},
            {Text::tr("Where"), run.connection.isEmpty() ? Text::tr("this machine") : systemWord(run.system) + QStringLiteral(", ") + run.connection},
            {Text::tr("Title"), run.title == pipeline ? QString() : run.title},
            {Text::tr("Started by"), run.startedBy},
            {Text::tr("Why"), run.reason},
            {Text::tr("Branch"), run.branch, true},
            {Text::tr("Commit"), run.commit.left(12), true},
            {Text::tr("Repository"), run.repository},
            {Text::tr("Model"), run.version > 0 ? QStringLiteral("%1 v%2").arg(run.model).arg(run.version) : run.model},
            {Text::tr("Started"), run.started.isValid() ? moment(run.started, now) : QString()},
            {Text::tr("Ended"), run.ended.isValid() ? moment(run.ended, now) : QString()},
            {Text::tr("Attempt"), run.attempt > 1 ? QString::number(run.attempt) : QString()},
            {Text::tr("Merged"), waited},
            {Text::tr("Tests"), run.tests ? testWords(*run.tests) : QString(), false, run.tests && run.tests->failed > 0 ? &Tokens::bad : &Tokens::t1},
            {Text::tr("Coverage"), run.coverage ? number(*run.coverage) + QStringLiteral(" %") : QString()},
            {Text::tr("Metrics"), metrics.join(QLatin1Char('\n'))},
            {Text::tr("Built for"), run.changed.join(QStringLiteral(", "))},
            {Text::tr("Images"), images.join(QLatin1Char('\n')), true},
            {Text::tr("Parameters"), parameterLines(run.parameters), true},
            {Text::tr("Own word"), run.systemState, true},
            {Text::tr("Note"), run.note},
            {Text::tr("Run"), middleElided(run.id, 34), true}};
}

RunFacts::RunFacts(const PanelContext &context, QWidget *parent)
    : Card(tr("This run"), parent), m_context(context), m_facts(new KeyValues), m_failure(new Label({}, TextRole::Body, &Tokens::bad)), m_chainTitle(new Label(tr("Belongs together"), TextRole::Label, &Tokens::t2)),
      m_chain(new QWidget), m_open(new Button(*context.actions, QStringLiteral("pipeline.open"))) {
    setObjectName(QStringLiteral("runFacts"));
    m_facts->setKeyWidth(76);
    m_failure->setObjectName(QStringLiteral("runFailure"));
    m_failure->setWordWrap(true);
    m_failure->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_chain->setObjectName(QStringLiteral("runChain"));
    auto *links = new QVBoxLayout(m_chain);
    links->setContentsMargins(0, 0, 0, 0);
    links->setSpacing(2);
    auto *inner = new QWidget;
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    column->addWidget(m_failure);
    column->addWidget(m_facts);
    column->addWidget(m_chainTitle);
    column->addWidget(m_chain);
    column->addStretch(1);
    m_open->setObjectName(QStringLiteral("pipelineOpen"));
    column->addWidget(m_open);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Facts of this run"));
    scroll->setWidget(inner);
    for (QWidget *ground : {scroll->viewport(), inner})
        ground->setAutoFillBackground(false);
    scroll->viewport()->installEventFilter(this);
    setBody(scroll);
}

/// A long word is cut rather than making the card wider than it is.
bool RunFacts::eventFilter(QObject *watched, QEvent *event) {
    if (event->type() == QEvent::Resize)
        if (auto *scroll = qobject_cast<QScrollArea *>(watched->parent()); scroll && scroll->widget())
            scroll->widget()->setFixedWidth(scroll->viewport()->width());
    return Card::eventFilter(watched, event);
}

void RunFacts::setRun(const PipelineRun &run, const QString &pipeline, const fleet::RunChain &chain, const QDateTime &now) {
    m_facts->setRows(factRows(run, pipeline, now));
    m_failure->setText(run.error ? run.error->hint.isEmpty() ? run.error->what : run.error->what + QLatin1Char(' ') + run.error->hint : QString());
    m_failure->setVisible(run.error.has_value());
    showChain(run, chain);
    m_open->setWords(run.connection.isEmpty() ? QString() : tr("Open in %1").arg(systemWord(run.system)));
    m_open->setVisible(!run.link.isEmpty());
    m_open->setArgument(run.id);
    m_open->refresh();
}

void RunFacts::showChain(const PipelineRun &run, const fleet::RunChain &chain) {
    struct Line {
        QString words, glyph, panel, argument;
    };
    std::vector<Line> lines;
    for (const auto &version : chain.versions)
        lines.push_back({version.why == QLatin1String("commit") ? tr("%1 v%2, by its commit").arg(version.model).arg(version.version) : tr("%1, version %2").arg(version.model).arg(version.version), QStringLiteral("models"), QStringLiteral("models"), version.model});
    if (chain.versions.empty() && !run.model.isEmpty())
        lines.push_back({tr("Model %1").arg(run.model), QStringLiteral("models"), QStringLiteral("models"), run.model});
    for (const QString &image : chain.images)
        lines.push_back({tr("Image %1").arg(image), QStringLiteral("chip"), QStringLiteral("rollouts"), {}});
    for (const auto &rollout : chain.rollouts)
        lines.push_back({rollout.image.isEmpty() ? tr("Rollout of %1 v%2").arg(rollout.model).arg(rollout.version) : tr("Rollout of %1, %2").arg(rollout.model, rollout.image), QStringLiteral("rollouts"), QStringLiteral("rollouts"), rollout.model});
    QStringList shown;
    for (const Line &line : lines)
        shown << line.words + QLatin1Char('\n') + line.panel + QLatin1Char('\n') + line.argument;
    m_chainTitle->setVisible(!lines.empty());
    m_chain->setVisible(!lines.empty());
    if (shown == m_shownChain)
        return;
    m_shownChain = shown;
    while (QLayoutItem *item = m_chain->layout()->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const Line &line : lines) {
        auto *button = new Button(line.words, ButtonKind::Link, m_chain);
        button->setGlyph(line.glyph);
        button->setPixelHeight(22);
        m_chain->layout()->addWidget(button);
        connect(button, &QAbstractButton::clicked, this, [this, line] {
            if (m_context.open)
                m_context.open(line.panel, line.argument);
        });
    }
}

} // namespace pilothouse::ui
