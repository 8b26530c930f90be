// SPDX-License-Identifier: GPL-3.0-or-later
// bench_cluster URL [--core]: what following a cluster costs. Watches pods, deployments and the other kinds of a console at an API server without TLS (tests/support's replay_api) and shows the
// pods in a table view that is sorted by the newest change of status; --core: without a view. Prints one JSON line when the first table is complete, and one for each command on standard
// input: "phase NAME" (ends the present phase), "digest" (a sum over all pods' names and versions), "end". The CPU of every event of the GUI thread is measured.
#include "core/cluster/kube_feed.h"
#include "core/cluster/kube_watches.h"
#include "tests/bench/event_probe.h"
#include "tests/bench/stopwatch.h"

#include <QAbstractTableModel>
#include <QFile>
#include <QHeaderView>
#include <QJsonDocument>
#include <QSocketNotifier>
#include <QTableView>
#include <QTimer>

#include <cstdio>
#include <dirent.h>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::cluster;
using bench::EventProbe;

namespace {

/// The pods as a panel shows them: rows come at the end, one that goes is replaced by the last, so that each change costs the same whatever the table's size.
class PodTable : public QAbstractTableModel {
public:
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    int columnCount(const QModelIndex & = {}) const override { return 6; }
    QVariant data(const QModelIndex &index, int role) const override {
        if (role != Qt::DisplayRole)
            return {};
        const KubeRow &row = *m_rows[std::size_t(index.row())];
        const auto *pod = row.as<PodRow>();
        switch (index.column()) {
        case 0: return row.space;
        case 1: return row.name;
        case 2: return QStringLiteral("%1/%2").arg(pod->ready).arg(pod->total);
        case 3: return pod->status;
        case 4: return pod->restarts;
        default: return pod->node;
        }
    }
    void apply(const KubeChanges &changes) {
        if (!changes.inserted.empty()) {
            beginInsertRows({}, int(m_rows.size()), int(m_rows.size() + changes.inserted.size()) - 1);
            for (const KubeRowPtr &row : changes.inserted) {
                m_places.insert(row->id, int(m_rows.size()));
                m_rows.push_back(row);
            }
            endInsertRows();
        }
        for (const KubeRowPtr &row : changes.changed) {
            const int place = m_places.value(row->id);
            m_rows[std::size_t(place)] = row;
            Q_EMIT dataChanged(index(place, 0), index(place, 5));
        }
        for (const QString &id : changes.removed) {
            const int place = m_places.take(id), last = int(m_rows.size()) - 1;
            if (place != last) {
                m_rows[std::size_t(place)] = m_rows.back();
                m_places[m_rows[std::size_t(place)]->id] = place;
                Q_EMIT dataChanged(index(place, 0), index(place, 5));
            }
            beginRemoveRows({}, last, last);
            m_rows.pop_back();
            endRemoveRows();
        }
    }

private:
    std::vector<KubeRowPtr> m_rows;
    QMap<QString, int> m_places; ///< no hash, as that grows at once
};

double statusMb(const char *key) {
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = file.readAll();
    return text.mid(text.indexOf(key) + qsizetype(qstrlen(key)) + 1).trimmed().split(' ').first().toDouble() / 1024;
}

int threads() {
    int count = -2;
    if (DIR *folder = ::opendir("/proc/self/task")) {
        while (::readdir(folder))
            ++count;
        ::closedir(folder);
    }
    return count;
}

quint64 digest(const std::vector<KubeRowPtr> &rows) {
    quint64 sum = 0;
    for (const KubeRowPtr &row : rows) {
        quint64 hash = 14695981039346656037ull;
        for (const char c : row->id.toUtf8() + ' ' + row->version)
            hash = (hash ^ quint8(c)) * 1099511628211ull;
        sum += hash;
    }
    return sum;
}

void print(const QJsonObject &object) {
    std::printf("%s\n", QJsonDocument(object).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

class Bench : public QObject {
public:
    Bench(EventProbe &probe, const QString &url, bool view) : m_probe(probe) {
        m_pool.setMaxThreadCount(8);
        KubeSource source;
        source.http = std::make_shared<net::HttpClient>();
        source.pool = &m_pool;
        source.where = url;
        source.request = [url](const QString &path, const QUrlQuery &query, std::stop_token) -> Result<net::Request> {
            net::Request request;
            request.url = url + path + QLatin1Char('?') + query.toString(QUrl::FullyEncoded);
            return request;
        };
        m_begun = wall();
        begin(QStringLiteral("first table"));
        m_watches = std::make_unique<KubeWatches>(std::move(source));
        for (const KubeKind &kind : KubeWatches::usualKinds())
            m_all.push_back(m_watches->watch(kind, {}));
        m_pods = m_watches->watch(kinds::Pod, {});
        m_deployments = m_watches->watch(kinds::Deployment, {});
        m_feed = std::make_unique<KubeFeed>(m_pods);
        connect(m_feed.get(), &KubeFeed::changed, this, [this](const KubeChanges &changes) {
            m_table.apply(changes);
            m_told += changes.inserted.size() + changes.changed.size() + std::size_t(changes.removed.size());
        });
        connect(m_feed.get(), &KubeFeed::statusChanged, this, [this] { look(); });
        connect(m_feed.get(), &KubeFeed::changed, this, [this] { look(); });
        if (view) {
            m_view = std::make_unique<QTableView>();
            m_view->setModel(&m_table);
            m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
            m_view->resize(1200, 800);
            m_view->show();
        }
        m_input = std::make_unique<QSocketNotifier>(STDIN_FILENO, QSocketNotifier::Read);
        connect(m_input.get(), &QSocketNotifier::activated, this, [this] { command(); });
    }
    ~Bench() override {
        m_feed.reset();
        m_all.clear();
        m_pods.reset();
        m_deployments.reset();
        m_watches.reset();
        m_pool.waitForDone();
    }

private:
    void begin(const QString &name) {
        m_probe.beginPhase(name);
        m_phaseWall = wall();
        m_phaseCpu = cpu();
        m_phaseTold = m_told;
        m_phaseEvents = m_pods ? m_pods->status().events : 0;
    }
    QJsonObject summary() {
        QJsonObject object = EventProbe::json(m_probe.phases().back());
        const double seconds = wall() - m_phaseWall;
        const KubeWatchStatus status = m_pods->status();
        object.insert(QStringLiteral("seconds"), seconds);
        object.insert(QStringLiteral("cpu_seconds"), cpu() - m_phaseCpu);
        object.insert(QStringLiteral("core_share"), (cpu() - m_phaseCpu) / std::max(1e-9, seconds));
        object.insert(QStringLiteral("rss_mb"), statusMb("VmRSS:"));
        object.insert(QStringLiteral("peak_mb"), statusMb("VmHWM:"));
        object.insert(QStringLiteral("threads"), threads());
        object.insert(QStringLiteral("rows"), m_table.rowCount());
        object.insert(QStringLiteral("told"), qint64(m_told - m_phaseTold));
        object.insert(QStringLiteral("pod_events"), qint64(status.events - m_phaseEvents));
        object.insert(QStringLiteral("state"), watchPhaseName(status.phase));
        object.insert(QStringLiteral("lists"), qint64(status.lists));
        object.insert(QStringLiteral("resumes"), qint64(status.resumes));
        return object;
    }
    void look() {
        if (m_complete || !m_pods->status().complete || !m_deployments->status().complete || std::size_t(m_table.rowCount()) < m_pods->table()->size())
            return;
        m_complete = true;
        QJsonObject object = summary();
        object.insert(QStringLiteral("first_table_seconds"), wall() - m_begun);
        object.insert(QStringLiteral("deployments"), qint64(m_deployments->table()->size()));
        print(object);
        begin(QStringLiteral("idle"));
    }
    void command() {
        char block[256];
        const ssize_t n = ::read(STDIN_FILENO, block, sizeof block);
        if (n <= 0)
            return qApp->quit();
        m_line.append(block, n);
        for (qsizetype stop = m_line.indexOf('\n'); stop >= 0; stop = m_line.indexOf('\n')) {
            const QByteArray line = m_line.left(stop).trimmed();
            m_line.remove(0, stop + 1);
            if (line == "end")
                return qApp->quit();
            if (line == "digest")
                print({{QStringLiteral("digest"), QString::number(digest(m_pods->table()->rows()))}, {QStringLiteral("rows"), qint64(m_pods->table()->size())}, {QStringLiteral("shown"), m_table.rowCount()}});
            else if (line.startsWith("phase ")) {
                print(summary());
                begin(QString::fromUtf8(line.mid(6)));
            }
        }
    }

    EventProbe &m_probe;
    QThreadPool m_pool;
    std::unique_ptr<KubeWatches> m_watches;
    std::vector<std::shared_ptr<KubeWatch>> m_all;
    std::shared_ptr<KubeWatch> m_pods, m_deployments;
    std::unique_ptr<KubeFeed> m_feed;
    PodTable m_table;
    std::unique_ptr<QTableView> m_view;
    std::unique_ptr<QSocketNotifier> m_input;
    QByteArray m_line;
    double m_begun = 0, m_phaseWall = 0, m_phaseCpu = 0;
    std::size_t m_told = 0, m_phaseTold = 0;
    quint64 m_phaseEvents = 0;
    bool m_complete = false;
};

} // namespace

int main(int argc, char **argv) {
    EventProbe probe(argc, argv);
    const QStringList words = probe.arguments();
    if (words.size() < 2) {
        std::fprintf(stderr, "usage: bench_cluster URL [--core]\n");
        return 2;
    }
    Bench bench(probe, words[1], !words.contains(QStringLiteral("--core")));
    return probe.exec();
}
