// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/workload_logs.h"

#include "core/base/json.h"
#include "core/cluster/log_store.h"
#include "widgets/base/field.h"
#include "widgets/base/log_view.h"
#include "widgets/base/theme.h"
#include "widgets/cluster/log_mailbox.h"
#include "widgets/cluster/pod_log_view.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

using Q = QLatin1String;
constexpr int takeMs = 100, restMs = 2000, firstPauseMs = 1000, longestPauseMs = 30000, mostNotes = 20;
constexpr std::size_t linesATurn = 20'000; ///< some 5 ms of the GUI thread

const QString allContainers = QStringLiteral("*");

/// Names of all containers of these pods, those that initialise last; as they are written in the first of them.
QStringList containersOf(const std::vector<QJsonObject> &pods) {
    QStringList names;
    for (const auto list : {Q("containers"), Q("initContainers")})
        for (const QJsonObject &pod : pods)
            for (const QJsonValue &value : pod.value(Q("spec")).toObject().value(list).toArray())
                if (const QString name = value.toObject().value(Q("name")).toString(); !names.contains(name))
                    names << name;
    return names;
}

struct Range {
    int tail;
    std::optional<qint64> seconds;
};
const Range ranges[] = {{1000, {}}, {10'000, {}}, {-1, 300}, {-1, 3600}, {-1, {}}};

} // namespace

WorkloadLogs::WorkloadLogs(Pools &pools, QWidget *parent)
    : QWidget(parent), m_pools(pools), m_view(new PodLogView(this)), m_title(new Label({}, TextRole::Caption, &Tokens::t2, this)), m_container(new Choice(this)), m_range(new Choice(this)),
      m_fields(new QLineEdit(this)), m_detail(new QPlainTextEdit(this)), m_pauseMs(firstPauseMs) {
    m_detail->setObjectName(QStringLiteral("podLogDetail"));
    m_detail->setAccessibleName(tr("Fields of the chosen line"));
    m_detail->setReadOnly(true);
    m_detail->setFont(Theme::of(this).font(TextRole::Mono));
    m_detail->setMaximumHeight(Theme::of(this).px(150));
    m_detail->hide();
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(12, 8, 12, 8);
    all->addWidget(buildBar());
    all->addWidget(m_view, 1);
    all->addWidget(m_detail);

    m_take.setInterval(takeMs);
    connect(&m_take, &QTimer::timeout, this, &WorkloadLogs::take);
    m_rest.setSingleShot(true);
    m_rest.setInterval(restMs);
    connect(&m_rest, &QTimer::timeout, this, &WorkloadLogs::stopReading);
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &WorkloadLogs::read);
    connect(m_view, &PodLogView::previousWanted, this, [this](bool previous) {
        m_previous = previous;
        restart();
    });
    connect(m_view, &PodLogView::saveWanted, this, &WorkloadLogs::save);
    connect(&m_view->canvas(), &PodLogCanvas::currentChanged, this, &WorkloadLogs::showLine);
    clear();
}

WorkloadLogs::~WorkloadLogs() { m_task.stop.request_stop(); }

QWidget *WorkloadLogs::buildBar() {
    auto *bar = new QWidget(this);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(0, 0, 0, 0);
    m_title->setObjectName(QStringLiteral("podLogTitle"));
    m_title->setElide(Qt::ElideMiddle);
    m_container->setObjectName(QStringLiteral("podLogContainer"));
    m_container->setAccessibleName(tr("Container"));
    m_range->setObjectName(QStringLiteral("podLogRange"));
    m_range->setAccessibleName(tr("How far back"));
    m_range->setItems({tr("Last 1,000 lines"), tr("Last 10,000 lines"), tr("Last 5 minutes"), tr("Last hour"), tr("All there is")});
    m_fields->setObjectName(QStringLiteral("podLogFields"));
    m_fields->setAccessibleName(tr("Fields of JSON lines"));
    m_fields->setPlaceholderText(tr("JSON fields: level, message"));
    m_fields->setToolTip(tr("Of lines that are JSON, these fields only, separated by commas; empty: the whole line"));
    m_fields->setMaximumWidth(220);
    m_fields->setMinimumWidth(Theme::of(this).px(120));
    m_range->setMinimumWidth(Theme::of(this).px(150));
    line->addWidget(m_title, 1);
    line->addWidget(m_container);
    line->addWidget(m_range);
    line->addWidget(m_fields);
    connect(m_container, qOverload<int>(&QComboBox::activated), this, [this] {
        m_wantedContainer = m_container->currentData().toString();
        restart();
    });
    connect(m_range, qOverload<int>(&QComboBox::activated), this, &WorkloadLogs::restart);
    connect(m_fields, &QLineEdit::textChanged, this, [this](const QString &text) {
        static const QRegularExpression between(QStringLiteral("[,\\s]+"));
        m_view->model().setFields(text.split(between, Qt::SkipEmptyParts));
    });
    return bar;
}

void WorkloadLogs::follow(std::shared_ptr<cluster::KubeApi> api, const cluster::KubeRef &workload) { begin(std::move(api), workload, {}); }

void WorkloadLogs::followPod(std::shared_ptr<cluster::KubeApi> api, const cluster::KubeRef &pod, const QString &container) { begin(std::move(api), pod, container); }

void WorkloadLogs::begin(std::shared_ptr<cluster::KubeApi> api, const cluster::KubeRef &what, const QString &container) {
    const bool same = m_api == api && m_what.text() == what.text() && m_what.space == what.space;
    if (same && (container.isEmpty() || container == m_wantedContainer))
        return;
    const bool kept = same || m_containers.contains(container);
    m_api = std::move(api);
    m_what = what;
    m_wantedContainer = container;
    if (!kept)
        m_containers.clear();
    m_notes.clear();
    showContainers();
    restart();
}

void WorkloadLogs::clear() {
    stopReading();
    m_api.reset();
    m_what = {};
    m_wantedContainer.clear();
    m_containers.clear();
    m_notes.clear();
    showContainers();
    restart();
}

void WorkloadLogs::restart() {
    stopReading();
    m_sources.clear();
    m_sourceAt.clear();
    m_marks.clear();
    m_droppedBefore = m_dropped = 0;
    m_whole = false;
    m_pauseMs = firstPauseMs;
    m_view->model().clear();
    m_view->model().append({});
    tell({});
    m_title->setText(m_api ? m_what.text() : QString());
    m_view->canvas().setEmptyText(m_api ? tr("Reading the log…") : tr("No workload is chosen."));
    if (m_api && isVisible())
        read();
}

cluster::LogQuery WorkloadLogs::query() const {
    cluster::LogQuery query;
    query.what = m_what;
    query.allContainers = m_wantedContainer == allContainers;
    query.container = query.allContainers ? QString() : m_wantedContainer;
    query.follow = !m_previous;
    query.previous = m_previous;
    const Range &range = ranges[std::clamp(m_range->currentIndex(), 0, int(std::size(ranges)) - 1)];
    query.tail = range.tail;
    query.sinceSeconds = range.seconds;
    query.known = m_marks;
    return query;
}

void WorkloadLogs::read() {
    if (!m_api || !m_stopped || m_whole)
        return;
    m_again.stop();
    m_stopped = false;
    m_box = std::make_shared<LogMailbox>();
    m_droppedBefore = m_dropped;
    const int turn = ++m_turn;
    m_task = startTask<void>(m_pools.waiting, [api = m_api, query = query(), box = m_box](std::stop_token token) -> Result<void> {
        PH_ASSIGN(const auto selector, cluster::PodSelector::of(*api, query.what, token));
        PH_ASSIGN(const auto pods, selector.pods(*api, token));
        box->putContainers(containersOf(pods), int(pods.size()));
        std::size_t known = 0;
        return cluster::readPodLogs(*api, query, [&](cluster::LogBatch &&batch) {
            if (batch.sources.size() > std::exchange(known, batch.sources.size())) // pods came: what they consist of, and how many they are
                if (const auto now = selector.pods(*api, token))
                    box->putContainers(containersOf(*now), int(now->size()));
            return box->put(std::move(batch), token);
        }, token);
    });
    deliver(m_task, this, [this, turn](const Result<void> &result) {
        if (turn == m_turn && !m_stopped)
            ended(result);
    });
    m_take.start();
}

void WorkloadLogs::stopReading() {
    m_again.stop();
    m_rest.stop();
    m_take.stop();
    if (m_stopped)
        return;
    m_stopped = true;
    ++m_turn;
    m_task.stop.request_stop();
    m_box.reset(); // what was not taken comes again: the marks stand at what was
}

void WorkloadLogs::take() {
    int pods = 0;
    if (!m_box)
        return;
    if (m_box->takeContainers(m_containers, pods)) {
        m_title->setText(tr("%1 · %n pods", nullptr, pods).arg(m_what.text()));
        m_view->canvas().setEmptyText(pods > 0 ? tr("No lines yet.") : tr("It has no pods yet; their lines come as soon as there are some."));
        showContainers();
    }
    for (cluster::LogBatch &batch : m_box->take(linesATurn))
        addBatch(std::move(batch));
    m_take.setInterval(m_box->empty() ? takeMs : 5); // a long history comes in slices, with room between for everything else
}

void WorkloadLogs::addBatch(cluster::LogBatch &&batch) {
    std::vector<int> places;
    for (const cluster::LogSource &source : batch.sources) {
        const QString name = source.text();
        auto at = m_sourceAt.find(name);
        if (at == m_sourceAt.end()) {
            at = m_sourceAt.insert(name, int(m_sources.size()));
            m_sources.push_back(source);
        }
        places.push_back(*at);
    }
    std::vector<cluster::LogMark> marks(m_sources.size());
    for (std::size_t i = 0; i < marks.size(); ++i)
        marks[i] = m_marks.value(m_sources[i].text());
    for (cluster::LogLine &line : batch.lines) {
        line.source = places[std::size_t(line.source)];
        cluster::LogMark &mark = marks[std::size_t(line.source)];
        if (line.nanos > mark.nanos)
            mark = {line.nanos, 1};
        else if (line.nanos == mark.nanos)
            ++mark.lines;
    }
    for (std::size_t i = 0; i < marks.size(); ++i)
        if (marks[i].nanos > 0)
            m_marks.insert(m_sources[i].text(), marks[i]);
    if (!batch.lines.empty())
        m_pauseMs = firstPauseMs;
    m_dropped = m_droppedBefore + batch.dropped;
    batch.dropped = m_dropped;
    batch.sources = m_sources;
    m_view->model().append(batch);
    for (const QString &note : batch.notes)
        tell(note);
}

void WorkloadLogs::ended(const Result<void> &result) {
    take();
    if (m_box && !m_box->empty()) { // first what it has still given
        QTimer::singleShot(5, this, [this, result, turn = m_turn] {
            if (turn == m_turn && !m_stopped)
                ended(result);
        });
        return;
    }
    m_take.stop();
    m_stopped = true;
    if (!result && result.error().kind == ErrorKind::Cancelled)
        return;
    if (result) {
        m_whole = true;
        m_view->canvas().setEmptyText(m_previous ? tr("The container before the restart left no lines.") : tr("There are no lines."));
        return;
    }
    const Error &error = result.error();
    const bool later = error.kind == ErrorKind::Unreachable || error.kind == ErrorKind::TimedOut;
    m_view->canvas().setEmptyText(error.hint.isEmpty() ? error.what : error.what + QLatin1Char('\n') + error.hint);
    if (!later) {
        m_whole = true;
        tell(error.text());
        return;
    }
    tell(tr("%1 It is tried again in %n s.", nullptr, m_pauseMs / 1000).arg(error.what));
    if (isVisible())
        m_again.start(m_pauseMs);
    m_pauseMs = std::min(m_pauseMs * 2, longestPauseMs);
}

/// Offered where there is a choice: the default one, all, and each by its name.
void WorkloadLogs::showContainers() {
    QStringList texts{tr("Default container"), tr("All containers")};
    QVariantList data{QString(), allContainers};
    for (const QString &name : std::as_const(m_containers)) {
        texts << name;
        data << name;
    }
    if (!m_wantedContainer.isEmpty() && !data.contains(m_wantedContainer)) {
        texts << m_wantedContainer;
        data << m_wantedContainer;
    }
    m_container->setItems(texts, data);
    m_container->setCurrentIndex(std::max(0, int(data.indexOf(m_wantedContainer))));
    m_container->setVisible(m_containers.size() > 1 || !m_wantedContainer.isEmpty());
}

void WorkloadLogs::showLine(int row) {
    const auto fields = row >= 0 && row < m_view->model().rowCount() ? cluster::logFields(m_view->model().line(row).text.toByteArray()) : std::nullopt;
    m_detail->setVisible(fields.has_value());
    if (!fields)
        return;
    QStringList lines; // a name, then its value; what is nested stands indented below
    for (auto it = fields->begin(); it != fields->end(); ++it) {
        const QJsonValue &value = *it;
        const bool nested = value.isObject() || value.isArray();
        const QByteArray json = value.isObject() ? QJsonDocument(value.toObject()).toJson() : QJsonDocument(value.toArray()).toJson();
        const QString text = value.isString() ? value.toString() : nested ? QString::fromUtf8(json).trimmed() : QString::fromUtf8(compactJson(value));
        lines << QStringLiteral("%1: %2").arg(it.key(), nested || text.contains(QLatin1Char('\n')) ? QLatin1Char('\n') + text : text);
    }
    m_detail->setPlainText(lines.join(QLatin1Char('\n')));
}

void WorkloadLogs::tell(const QString &note) {
    m_note = note;
    if (!note.isEmpty()) {
        m_notes << note;
        while (m_notes.size() > mostNotes)
            m_notes.removeFirst();
    }
    m_view->setNote(plainLogText(note), m_notes);
}

void WorkloadLogs::save() {
    auto *dialog = new QFileDialog(window(), tr("Save the log"), QString(), tr("Text (*.log *.txt);;All files (*)"));
    dialog->setObjectName(QStringLiteral("podLogSaveAs"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("log"));
    dialog->selectFile(QStringList{m_what.space, m_what.kind.kind.toLower(), m_what.name + QStringLiteral(".log")}.join(QLatin1Char('-')));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) {
        tell(tr("Saving %1…").arg(file));
        const auto saving = startTask<qint64>(m_pools.waiting, [file, store = m_view->model().store(), sources = m_sources](std::stop_token) -> Result<qint64> {
            PH_TRY(cluster::saveLog(store, sources, file));
            return store.end() - store.first();
        });
        deliver(saving, this, [this, file](const Result<qint64> &saved) { tell(saved ? tr("%n lines saved in %1.", nullptr, int(*saved)).arg(file) : saved.error().text()); });
    });
    dialog->open();
}

void WorkloadLogs::showEvent(QShowEvent *event) {
    QWidget::showEvent(event);
    m_rest.stop();
    if (m_stopped)
        read();
}

void WorkloadLogs::hideEvent(QHideEvent *event) {
    QWidget::hideEvent(event);
    m_again.stop();
    if (!m_stopped)
        m_rest.start();
}

} // namespace pilothouse::ui
