// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/run_log_card.h"

#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/table.h"
#include "widgets/pipelines/ansible_fold.h"
#include "widgets/pipelines/run_log_view.h"
#include "widgets/pipelines/stage_marks.h"

#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <mutex>

namespace pilothouse::ui {

using pipelines::LogNews;

namespace {

constexpr int takeMs = 100, foldMs = 700;
constexpr qint64 mostFolded = 24 << 20; ///< bytes of a log that are looked at for ansible-playbook's output

pipelines::AnsibleLog foldedOf(const pipelines::LogLines &lines) {
    if (!lines.file() || lines.bytes() - lines.from() > mostFolded)
        return {};
    const QByteArray bytes = lines.file()->read(lines.from(), lines.bytes() - lines.from());
    if (!bytes.contains("PLAY [") && !bytes.contains("PLAY RECAP"))
        return {};
    return pipelines::parseAnsible(QString::fromUtf8(bytes));
}

} // namespace

/// What the follower has told and nobody took yet.
struct RunLogCard::Mail {
    std::mutex mutex;
    std::optional<LogNews> news;
    void put(const LogNews &more) {
        const std::lock_guard lock(mutex);
        const bool grown = news && news->grown, anew = news && news->anew;
        news = more;
        news->grown = news->grown || grown;
        news->anew = news->anew || anew;
    }
    std::optional<LogNews> take() {
        const std::lock_guard lock(mutex);
        return std::exchange(news, std::nullopt);
    }
};

RunLogCard::RunLogCard(const PanelContext &context, QWidget *parent)
    : Card(tr("Log"), parent), m_context(context), m_view(new RunLogView(context.fleet ? context.fleet->pools().waiting : *QThreadPool::globalInstance())), m_stages(new SegmentedControl),
      m_forms(new SegmentedControl), m_attempts(new Choice), m_pages(new QStackedWidget), m_ansible(new AnsibleModel(this)), m_tasks(new List) {
    m_stages->setObjectName(QStringLiteral("logStage"));
    m_stages->setAccessibleName(tr("Log of which stage"));
    m_attempts->setObjectName(QStringLiteral("logAttempt"));
    m_attempts->setAccessibleName(tr("Which attempt"));
    m_attempts->hide();
    m_forms->setObjectName(QStringLiteral("logForm"));
    m_forms->setAccessibleName(tr("As text, or folded"));
    m_forms->setSegments({{QStringLiteral("text"), tr("Text"), State::None}, {QStringLiteral("ansible"), QStringLiteral("Ansible"), State::None}});
    m_forms->hide();
    addLeftTool(m_stages);
    addTool(m_attempts);
    addTool(m_forms);
    m_view->setObjectName(QStringLiteral("pipelineLog"));
    m_tasks->setObjectName(QStringLiteral("ansibleTasks"));
    m_tasks->setAccessibleName(tr("Plays and tasks of ansible-playbook"));
    m_tasks->setModel(m_ansible);
    auto *padded = new QWidget;
    auto *column = new QVBoxLayout(padded);
    column->setContentsMargins(12, 8, 12, 8);
    column->addWidget(m_view);
    m_pages->addWidget(padded);
    m_pages->addWidget(m_tasks);
    setBody(m_pages);
    m_take.setInterval(takeMs);
    connect(&m_take, &QTimer::timeout, this, qOverload<>(&RunLogCard::take));
    m_foldSoon.setSingleShot(true);
    m_foldSoon.setInterval(foldMs);
    connect(&m_foldSoon, &QTimer::timeout, this, &RunLogCard::foldAnsible);
    connect(m_stages, &SegmentedControl::currentChanged, this, [this](const QString &id) {
        choose(id == QLatin1String("*") ? QString() : id, {});
        Q_EMIT stageChanged(m_stage);
    });
    connect(m_attempts, qOverload<int>(&QComboBox::activated), this, [this] { choose(m_stage, m_attempts->currentData().toString()); });
    connect(m_forms, &SegmentedControl::currentChanged, this, [this](const QString &id) { m_pages->setCurrentIndex(id == QLatin1String("ansible") ? 1 : 0); });
    connect(m_tasks, &List::opened, this, &RunLogCard::jumpTo);
    connect(m_tasks, &QAbstractItemView::clicked, this, [this](const QModelIndex &index) {
        if (const AnsibleRow &row = m_ansible->row(index.row()); row.kind == AnsibleRow::Folded)
            jumpTo(row.id);
    });
    connect(m_view, &RunLogView::headWanted, this, [this] { restart(true); });
    connect(&m_view->model(), &RunLogModel::changed, this, [this] { m_foldSoon.start(); });
}

RunLogCard::~RunLogCard() { stop(); }

pipelines::LogKey RunLogCard::key() const { return {m_run.connection, m_run.connection.isEmpty() ? m_run.id : m_run.id.mid(m_run.connection.size() + 1), m_attempt.isEmpty() ? m_stage : m_attempt}; }

void RunLogCard::setRun(const pipelines::PipelineRun &run) {
    const bool other = run.id != m_run.id, begun = run.state != m_followed;
    m_run = run;
    if (other) {
        m_stage.clear();
        m_attempt.clear();
    }
    showChoices();
    if (other || (begun && m_ended && !m_kept.end)) // what was refused before it began may be there now
        restart();
    m_view->setLive(!pipelines::hasEnded(run.state) && m_task.isRunning());
}

void RunLogCard::clear() {
    stop();
    m_run = {};
    m_stage.clear();
    m_attempt.clear();
    m_view->setFile({});
    m_view->showNote({});
    m_ansible->forget();
}

void RunLogCard::setStage(const QString &key) { choose(key, {}); }

void RunLogCard::setAttempt(const QString &stage, const QString &attempt) { choose(stage, attempt); }

void RunLogCard::choose(const QString &stage, const QString &attempt) {
    if (stage == m_stage && attempt == m_attempt)
        return;
    m_stage = stage;
    m_attempt = attempt;
    showChoices();
    restart();
}

/// All, what is chosen, and what says most: the rest is chosen in the graph.
void RunLogCard::showChoices() {
    std::vector<SegmentedControl::Segment> segments{{QStringLiteral("*"), tr("All stages"), State::None}};
    const QString telling = tellingStage(m_run, {});
    const pipelines::Stage *chosen = nullptr;
    for (const pipelines::Stage &stage : m_run.stages) {
        if (stage.key() == m_stage)
            chosen = &stage;
        if (!stage.key().isEmpty() && (stage.key() == m_stage || stage.key() == telling))
            segments.push_back({stage.key(), stage.name.size() > 22 ? stage.name.left(21) + QStringLiteral("…") : stage.name, State::None});
    }
    const QSignalBlocker blocker(m_stages);
    m_stages->setSegments(std::move(segments));
    m_stages->setCurrent(m_stage.isEmpty() ? QStringLiteral("*") : m_stage);
    m_stages->setVisible(!m_narrow && !m_run.stages.empty());
    setSubtitle(m_narrow && chosen ? chosen->name : QString());
    QStringList names;
    QVariantList logs;
    if (chosen && chosen->attempts.size() > 1) {
        names << tr("All attempts");
        logs << QString();
        for (const pipelines::Attempt &attempt : chosen->attempts)
            if (!attempt.log.isEmpty()) {
                names << tr("Attempt %1").arg(attempt.number);
                logs << attempt.log;
            }
    }
    m_attempts->setItems(names, logs);
    m_attempts->setCurrentIndex(std::max<int>(0, int(logs.indexOf(m_attempt))));
    m_attempts->setVisible(names.size() > 1);
}

void RunLogCard::setNarrow(bool narrow) {
    if (narrow == m_narrow)
        return;
    m_narrow = narrow;
    showChoices();
}

void RunLogCard::setActive(bool active) {
    if (active == m_active)
        return;
    m_active = active;
    if (!active)
        return stop();
    if (!m_run.id.isEmpty() && !(m_ended && m_kept.end))
        restart();
}

void RunLogCard::stop() {
    m_task.stop.request_stop();
    m_take.stop();
    m_mail.reset();
}

void RunLogCard::restart(bool whole) {
    stop();
    m_kept = {};
    m_shown = m_ended = false;
    m_error.clear();
    if (!whole) {
        m_view->setFile({});
        m_view->showNote({});
        m_view->setSkipped(0);
        m_forms->hide();
        m_forms->setCurrent(QStringLiteral("text"));
        m_pages->setCurrentIndex(0);
        m_ansible->forget();
    }
    if (!m_active || !m_context.fleet || m_run.id.isEmpty())
        return;
    m_followed = m_run.state;
    m_mail = std::make_shared<Mail>();
    const auto services = m_context.fleet->services();
    pipelines::FollowOptions options;
    options.whole = whole;
    m_task = startTask<pipelines::KeptLog>(m_context.fleet->pools().waiting, [services, mail = m_mail, run = m_run.id, key = key(), options](std::stop_token token) {
        const pipelines::LogCache cache(services->root + QStringLiteral("/logs"));
        return pipelines::followLog(services->pipelines, run, key, cache, options, token, [mail](const LogNews &news) { mail->put(news); });
    });
    m_view->setLive(!pipelines::hasEnded(m_run.state));
    if (!whole)
        m_view->showNote(m_run.state == pipelines::State::Waiting ? tr("Its log begins with the run.") : tr("Reading the log…")); // until something is told
    m_take.start();
    deliver(m_task, this, [this, mail = m_mail](const Result<pipelines::KeptLog> &kept) {
        if (mail != m_mail)
            return; // another log is shown by now
        take();
        m_take.stop();
        m_ended = true;
        m_view->setLive(false);
        if (!kept && kept.error().kind != ErrorKind::Cancelled)
            m_view->showNote(m_error = kept.error().text());
        m_foldSoon.start();
    });
}

void RunLogCard::take() {
    if (m_mail)
        if (const auto news = m_mail->take())
            take(*news);
}

void RunLogCard::take(const LogNews &news) {
    m_kept = news.kept;
    if (!m_shown && news.kept.bytes > 0) {
        m_shown = true;
        m_view->setFile(pipelines::LogCache(m_context.fleet->services()->root + QStringLiteral("/logs")).fileOf(key()));
    } else if (m_shown && (news.grown || news.anew)) {
        m_view->look();
    }
    m_view->setSkipped(news.kept.skipped);
    m_error = news.error ? tr("%1 It is tried again.").arg(news.error->what) : QString();
    QStringList notes;
    for (const QString &note : {news.kept.note, m_error, news.elsewhere ? tr("Another window reads it.") : QString()})
        if (!note.isEmpty())
            notes << note;
    m_view->showNote(notes.join(QLatin1Char(' ')));
}

void RunLogCard::foldAnsible() {
    if (m_fold.isRunning()) {
        m_foldSoon.start();
        return;
    }
    if (m_view->model().isReading() || m_view->model().rowCount() == 0 || !m_context.fleet)
        return;
    m_fold = startTask<pipelines::AnsibleLog>(m_context.fleet->pools().waiting, [lines = m_view->model().lines()](std::stop_token) -> Result<pipelines::AnsibleLog> { return foldedOf(lines); });
    deliver(m_fold, this, [this, file = m_view->model().file()](const Result<pipelines::AnsibleLog> &log) {
        if (!log || file != m_view->model().file())
            return;
        m_ansible->setLog(*log);
        m_forms->setVisible(log->isAnsible());
        m_forms->setToolTip(log->summary());
    });
}

/// Tasks that are folded open; another row leads to its place in the text.
void RunLogCard::jumpTo(const QString &id) {
    const AnsibleRow *row = m_ansible->find(id);
    if (!row)
        return;
    if (row->kind == AnsibleRow::Folded)
        return m_ansible->toggle(id);
    const auto &lines = m_view->model().lines();
    if (row->line < 0 || row->line >= lines.count())
        return;
    m_forms->setCurrent(QStringLiteral("text"));
    m_pages->setCurrentIndex(0);
    m_view->canvas().showByte(lines.begin(row->line));
    m_view->canvas().setFocus();
}

} // namespace pilothouse::ui
