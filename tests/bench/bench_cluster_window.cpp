// SPDX-License-Identifier: GPL-3.0-or-later
// bench_cluster_window URL DEPLOYMENTS: what a connected console costs. The real window, its Rollouts screen open, on a workspace whose one cluster is an API server without TLS (tests/support's
// replay_api). Prints one JSON line when all deployments stand in the list, and one for each command on standard input: "phase NAME" (ends the present phase), "open PANEL [ARGUMENT]", "shown" (what
// the list says of each deployment, and how many pods the page of the chosen one has), "end". The CPU of every event of the GUI thread is measured.
#include "app/console/main_window.h"
#include "tests/bench/event_probe.h"
#include "tests/bench/stopwatch.h"
#include "widgets/base/cells.h"
#include "widgets/base/theme.h"

#include <QAbstractItemView>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QSocketNotifier>
#include <QTemporaryDir>
#include <QTimer>

#include <cstdio>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::console;
using bench::EventProbe;
using Q = QLatin1String;

namespace {

double statusMb(const char *key) {
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = file.readAll();
    return text.mid(text.indexOf(key) + qsizetype(qstrlen(key)) + 1).trimmed().split(' ').first().toDouble() / 1024;
}

int threads() { return int(QDir(QStringLiteral("/proc/self/task")).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size()); }

void print(const QJsonObject &object) {
    std::printf("%s\n", QJsonDocument(object).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

QString workspaceIn(const QTemporaryDir &folder, const QString &url) {
    QFile file(folder.filePath(QStringLiteral("pilothouse.yaml")));
    if (!file.open(QIODevice::WriteOnly))
        return {};
    file.write("workspace: cluster\nrole: operator\nconnections:\n  local: {kind: local, root: state}\n  lab: {kind: kubernetes, url: \"" + url.toUtf8() + "\"}\nmodels: {}\n");
    return file.fileName();
}

class Bench : public QObject {
public:
    Bench(EventProbe &probe, const QString &url, int deployments) : m_probe(probe), m_deployments(deployments), m_file(workspaceIn(m_folder, url)) {
        WindowOptions options;
        options.workspace = m_file;
        options.preferencesFile = m_folder.filePath(QStringLiteral("preferences.json"));
        options.sessionFile = m_folder.filePath(QStringLiteral("session.json"));
        options.remember = options.desktop = false;
        m_window = std::make_unique<MainWindow>(m_pools, m_theme, options);
        m_window->resize(1440, 900);
        m_window->show();
        m_window->start();
        m_input = std::make_unique<QSocketNotifier>(STDIN_FILENO, QSocketNotifier::Read);
        connect(m_input.get(), &QSocketNotifier::activated, this, [this] { command(); });
        m_look.setInterval(20);
        probe.notCounted = &m_look;
        connect(&m_look, &QTimer::timeout, this, [this] { look(); });
        m_look.start();
    }

private:
    void begin(const QString &name) {
        m_probe.beginPhase(name);
        m_phaseWall = wall();
        m_phaseCpu = cpu();
    }
    QJsonObject summary() {
        QJsonObject object = EventProbe::json(m_probe.phases().back());
        const double seconds = wall() - m_phaseWall;
        object.insert(Q("seconds"), seconds);
        object.insert(Q("cpu_seconds"), cpu() - m_phaseCpu);
        object.insert(Q("core_share"), (cpu() - m_phaseCpu) / std::max(1e-9, seconds));
        object.insert(Q("rss_mb"), statusMb("VmRSS:"));
        object.insert(Q("own_mb"), statusMb("RssAnon:"));
        object.insert(Q("peak_mb"), statusMb("VmHWM:"));
        object.insert(Q("threads"), threads());
        return object;
    }
    QAbstractItemModel *list() const {
        const auto *view = m_window->findChild<QAbstractItemView *>(QStringLiteral("workloadList"));
        return view ? view->model() : nullptr;
    }
    /// The workspace is there: the screen is opened, which connects. Then: until each deployment has its line (the namespaces' headings are not counted: they come with them).
    void look() {
        if (!m_opened && m_window->fleet()) {
            m_opened = true;
            m_before = statusMb("VmRSS:");
            m_begun = wall();
            begin(QStringLiteral("first table"));
            m_window->open(QStringLiteral("rollouts"));
        }
        const QAbstractItemModel *model = m_opened ? list() : nullptr;
        if (!model || model->rowCount() < m_deployments || lines().size() < m_deployments)
            return;
        m_look.stop();
        QJsonObject object = summary();
        object.insert(Q("first_table_seconds"), wall() - m_begun);
        object.insert(Q("before_mb"), m_before);
        object.insert(Q("lines"), lines().size());
        print(object);
        begin(QStringLiteral("idle"));
    }
    QStringList lines() const {
        QStringList all;
        const QAbstractItemModel *model = list();
        for (int i = 0; model && i < model->rowCount(); ++i) {
            const QModelIndex index = model->index(i, 0);
            if (const QString id = index.data(ui::IdRole).toString(); id.startsWith(Q("lab|deployment|")))
                all << id + QLatin1Char(' ') + index.data(ui::RightRole).toString();
        }
        return all;
    }
    void command() {
        char block[256];
        const ssize_t n = ::read(STDIN_FILENO, block, sizeof block);
        if (n <= 0)
            return qApp->quit();
        m_line.append(block, n);
        for (qsizetype stop = m_line.indexOf('\n'); stop >= 0; stop = m_line.indexOf('\n')) {
            const QStringList words = QString::fromUtf8(m_line.left(stop)).simplified().split(QLatin1Char(' '));
            m_line.remove(0, stop + 1);
            if (words[0] == Q("end"))
                return qApp->quit();
            if (words[0] == Q("shown")) {
                const auto *pods = m_window->findChild<QAbstractItemView *>(QStringLiteral("podTable"));
                print({{Q("lines"), QJsonArray::fromStringList(lines())}, {Q("pods"), pods && pods->model() ? pods->model()->rowCount() : -1}});
            } else if (words[0] == Q("phase")) {
                print(summary());
                begin(words.mid(1).join(QLatin1Char(' ')));
            } else if (words[0] == Q("open")) {
                m_window->open(words.value(1), words.value(2));
                print({{Q("panel"), m_window->currentPanel()}});
            }
        }
    }

    EventProbe &m_probe;
    const int m_deployments;
    QTemporaryDir m_folder;
    const QString m_file;
    ui::Theme m_theme;
    Pools m_pools{1};
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<QSocketNotifier> m_input;
    QTimer m_look;
    QByteArray m_line;
    double m_begun = 0, m_before = 0, m_phaseWall = 0, m_phaseCpu = 0;
    bool m_opened = false;
};

} // namespace

int main(int argc, char **argv) {
    const QTemporaryDir home; // workspace, preferences and caches of this run only
    qputenv("XDG_DATA_HOME", QFile::encodeName(home.path()) + "/data");
    qputenv("XDG_CONFIG_HOME", QFile::encodeName(home.path()) + "/config");
    qputenv("XDG_CACHE_HOME", QFile::encodeName(home.path()) + "/cache");
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    EventProbe probe(argc, argv);
    const QStringList words = probe.arguments();
    if (words.size() < 3) {
        std::fprintf(stderr, "usage: bench_cluster_window URL DEPLOYMENTS\n");
        return 2;
    }
    Bench bench(probe, words[1], words[2].toInt());
    return probe.exec();
}
