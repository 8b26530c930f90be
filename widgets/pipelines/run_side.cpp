// SPDX-License-Identifier: GPL-3.0-or-later
// The right side of the Pipelines panel: legend, log and facts of the chosen run.
#include "widgets/pipelines/pipelines_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/log_view.h"
#include "widgets/pipelines/run_list.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace pilothouse::ui {
namespace {

/// "MAE 0.491, R² 0.845" of the test rows.
QString testMetrics(const registry::Run &run) {
    QStringList parts;
    for (const char *name : {"mae", "accuracy", "f1_macro", "r2"})
        if (const auto found = run.metrics.constFind(QStringLiteral("test_") + QLatin1String(name)); found != run.metrics.constEnd())
            parts << metricName(QLatin1String(name)) + QLatin1Char(' ') + number(*found);
    return parts.mid(0, 2).join(QStringLiteral(", "));
}

} // namespace

/// What the glyphs mean, once; the stages themselves say it in words to a screen reader.
QWidget *PipelinesPanel::buildLegend() {
    auto *card = new Card;
    auto *frame = new QWidget;
    auto *row = new QHBoxLayout(frame);
    row->setContentsMargins(12, 7, 12, 7);
    row->setSpacing(6);
    const std::pair<State, QString> entries[] = {{State::Waiting, tr("Waiting")}, {State::Running, tr("Running")}, {State::Paused, tr("Paused")}, {State::Ok, tr("Passed")},
                                                 {State::Bad, tr("Failed")}, {State::Skipped, tr("Cancelled, skipped")}, {State::Unknown, tr("Unknown")}};
    for (const auto &[state, words] : entries) {
        row->addWidget(new StateGlyph(state, 14));
        row->addWidget(new Label(words, TextRole::Second, &Tokens::t2));
        row->addSpacing(10);
    }
    row->addStretch(1);
    auto *hint = new Label(tr("system's own word on hover"), TextRole::Caption, &Tokens::t3);
    hint->setElide(Qt::ElideRight);
    row->addWidget(hint);
    card->setBody(frame);
    return card;
}

Card *PipelinesPanel::buildLog() {
    m_logCard = new Card(tr("Log"));
    m_logStage = new SegmentedControl;
    m_logStage->setObjectName(QStringLiteral("logStage"));
    m_logStage->setAccessibleName(tr("Log of which stage"));
    m_logCard->addLeftTool(m_logStage);
    m_warnings = new Button(tr("Warnings"), ButtonKind::Ghost);
    m_warnings->setObjectName(QStringLiteral("logWarnings"));
    m_warnings->setGlyph(QStringLiteral("filter"));
    m_search = new QLineEdit;
    m_search->setObjectName(QStringLiteral("logSearch"));
    m_search->setAccessibleName(tr("Search the log"));
    m_search->setPlaceholderText(tr("Search, ↵ next"));
    m_search->setFixedWidth(theme().px(140));
    auto *copy = new Button({}, ButtonKind::Ghost);
    copy->setGlyph(QStringLiteral("copy"));
    copy->setAccessibleName(tr("Copy the log"));
    copy->setToolTip(tr("Copy the log"));
    for (QWidget *tool : std::initializer_list<QWidget *>{m_warnings, m_search, copy})
        m_logCard->addTool(tool);
    m_warnings->hide();
    m_log = new LogView;
    m_log->setObjectName(QStringLiteral("pipelineLog"));
    m_log->setAccessibleName(tr("Log of the run"));
    m_logCard->setBody(m_log);
    connect(m_logStage, &SegmentedControl::currentChanged, this, [this](const QString &stage) {
        m_stage = stage == QLatin1String("*") ? QString() : stage;
        m_lines.clear();
        m_log->clear();
        showRun();
    });
    connect(m_warnings, &QAbstractButton::clicked, this, [this] {
        m_onlyWarnings = !m_onlyWarnings;
        showLog();
    });
    connect(m_search, &QLineEdit::returnPressed, this, [this] { m_log->find(m_search->text()); });
    connect(copy, &QAbstractButton::clicked, this, [this] { QApplication::clipboard()->setText(m_lines.join(QLatin1Char('\n'))); });
    return m_logCard;
}

Card *PipelinesPanel::buildFacts() {
    m_gateCard = new Card(tr("This run"));
    auto *inner = m_gateCard->bodyLayout();
    m_facts = new KeyValues;
    m_facts->setKeyWidth(80);
    inner->addWidget(m_facts);
    m_failure = new Label({}, TextRole::Body, &Tokens::bad);
    m_failure->setWordWrap(true);
    inner->addWidget(m_failure);
    m_gateText = new Label({}, TextRole::Strong);
    m_gateText->setWordWrap(true);
    inner->addWidget(m_gateText);
    inner->addStretch(1);
    m_review = new Button(actions(), QStringLiteral("promotion.review"), ButtonKind::Primary);
    m_review->setObjectName(QStringLiteral("gateReview"));
    m_review->setPixelHeight(32);
    inner->addWidget(m_review);
    m_openModel = new Button(tr("Open model"));
    m_openModel->setObjectName(QStringLiteral("openModel"));
    m_openModel->setGlyph(QStringLiteral("models"));
    inner->addWidget(m_openModel);
    connect(m_openModel, &QAbstractButton::clicked, this, [this] {
        if (const pipelines::PipelineRun *r = run(m_run))
            context().open(QStringLiteral("models"), r->model);
    });
    return m_gateCard;
}

void PipelinesPanel::showFacts(const pipelines::PipelineRun &r) {
    QString metrics;
    for (const registry::Version &version : m_snapshot.versions)
        if (version.model == r.model && version.version == r.version && r.version > 0)
            for (const registry::Run &trained : m_snapshot.runs)
                if (trained.id == version.runId)
                    metrics = testMetrics(trained);
    m_facts->setRows({{tr("Model"), r.model}, {tr("Version"), r.version ? QStringLiteral("v%1").arg(r.version) : QString()}, {tr("Test rows"), metrics},
                      {tr("Started"), moment(r.started, now())}, {tr("Ended"), r.ended.isValid() ? moment(r.ended, now()) : QString()}, {tr("Why"), r.reason},
                      {tr("Own word"), r.systemState, true}, {tr("Run"), r.id, true}});
    m_failure->setText(r.error ? r.error->text() : QString());
    m_failure->setVisible(r.error.has_value());
    const bool waits = r.state == pipelines::State::Paused;
    QString request;
    for (const promotion::Request &p : m_snapshot.promotions)
        if (waits && p.model == r.model && p.version == r.version && p.state == promotion::RequestState::Pending)
            request = p.id;
    m_gateCard->setTitle(waits ? tr("Answer this gate") : tr("This run"));
    m_gateCard->setEdge(waits ? &Tokens::pau : &Tokens::line);
    m_gateText->setText(!waits ? QString() : r.version > 0 ? tr("Promote %1 v%2? The run goes on when it is decided.").arg(r.model).arg(r.version) : tr("The run goes on when this is decided."));
    m_gateText->setVisible(waits);
    m_review->setVisible(!request.isEmpty());
    m_review->setArgument(request);
    m_review->refresh();
    m_openModel->setVisible(!r.model.isEmpty());
}

void PipelinesPanel::readLog() {
    if (!context().fleet || m_logTask.isRunning())
        return;
    m_logTask = startTask<QString>(context().fleet->pools().waiting, [service = context().fleet->services()->pipelines, run = m_run, stage = m_stage](std::stop_token) { return service->log(run, stage); });
    deliver(m_logTask, this, [this, run = m_run, stage = m_stage](const Result<QString> &text) {
        if (run != m_run || stage != m_stage)
            return readLog(); // another one was chosen meanwhile
        if (!text)
            return m_logCard->showState(ScreenState::failed(text.error()));
        m_lines.clear();
        for (const QString &line : text->split(QLatin1Char('\n'), Qt::SkipEmptyParts))
            m_lines << logLine(line);
        showLog();
    });
}

void PipelinesPanel::showLog() {
    QStringList marked;
    for (const QString &line : std::as_const(m_lines))
        if (logLevel(line) != State::None)
            marked << line;
    if (marked.isEmpty())
        m_onlyWarnings = false;
    m_warnings->setText(tr("Warnings %1").arg(marked.size()));
    m_warnings->setVisible(!marked.isEmpty());
    m_warnings->setKind(m_onlyWarnings ? ButtonKind::Plain : ButtonKind::Ghost);
    m_log->setLines(m_onlyWarnings ? marked : m_lines);
}

void PipelinesPanel::fitLogTools() {
    const bool wide = width() >= theme().px(1200);
    const int room = m_logCard->width() - theme().px(340); // title, warnings, search, copy
    m_search->setVisible(wide);
    m_logStage->setVisible(wide && m_logStage->sizeHint().width() <= room);
    m_logCard->setSubtitle(m_logStage->isVisibleTo(m_logCard) || m_stage.isEmpty() ? QString() : m_stage);
}

} // namespace pilothouse::ui
