// SPDX-License-Identifier: GPL-3.0-or-later
// bench_log FILE: a run's log: seconds until its last lines stand, until all lines are known, of searches on one thread; then the view is opened on it and driven
// (wheel, pages, jumps to matches and errors, drags of the scroll bar) and the CPU of every event of the GUI thread is measured. Prints one JSON line.
#include "core/pipelines/log_file.h"
#include "core/pipelines/log_search.h"
#include "tests/bench/event_probe.h"
#include "tests/bench/stopwatch.h"
#include "widgets/base/theme.h"
#include "widgets/pipelines/run_log_view.h"

#include <QJsonDocument>
#include <QLineEdit>
#include <QScrollBar>
#include <QTimer>
#include <QWheelEvent>

#include <cstdio>
#include <cstdlib>

using namespace pilothouse;
using bench::EventProbe;
using pipelines::LogQuery;
using Q = QLatin1String;

namespace {

[[noreturn]] void fail(const QString &what) {
    std::fprintf(stderr, "%s\n", qPrintable(what));
    std::exit(1);
}

qint64 search(const pipelines::LogLines &lines, LogQuery::Kind kind, const char *text, bool anyCase) {
    qint64 count = 0;
    const auto done = pipelines::searchLog(*lines.file(), 0, lines.bytes(), LogQuery{kind, QString::fromUtf8(text), anyCase}, {}, [&](const pipelines::LogHits &hits, qint64) { count += qint64(hits.size()); });
    if (!done)
        fail(done.error().text());
    return count;
}

void engine(const QString &path, QJsonObject &out) {
    double begin = wall(), end = 0;
    auto file = pipelines::LogFile::open(path);
    if (!file)
        fail(file.error().text());
    const auto done = (*file)->index({}, [&] {
        if (end == 0)
            end = wall() - begin;
    });
    if (!done)
        fail(done.error().text());
    out.insert(Q("end_s"), end);
    out.insert(Q("all_s"), wall() - begin);
    const pipelines::LogLines lines = (*file)->lines();
    out.insert(Q("lines"), lines.count());
    const auto timed = [&](const char *name, LogQuery::Kind kind, const char *text, bool anyCase) {
        begin = wall();
        out.insert(Q(name), search(lines, kind, text, anyCase));
        out.insert(QString::fromLatin1(name) + QStringLiteral("_s"), wall() - begin);
    };
    timed("words", LogQuery::Kind::Words, "Checkpoint written", false);
    timed("any_case", LogQuery::Kind::Words, "checkpoint WRITTEN", true);
    timed("errors", LogQuery::Kind::Errors, "", true);
    timed("pattern", LogQuery::Kind::Pattern, "checkpoint (written|read)", true);
}

/// What a person does, one step every few milliseconds.
class Driver : public QObject {
public:
    Driver(EventProbe &probe, ui::RunLogView &view) : m_probe(probe), m_view(view) {
        m_beat.setInterval(4);
        probe.notCounted = &m_beat;
        connect(&m_beat, &QTimer::timeout, this, [this] { step(); });
        m_beat.start();
    }

private:
    void key(int key, Qt::KeyboardModifiers with = {}) {
        QKeyEvent press(QEvent::KeyPress, key, with);
        QCoreApplication::sendEvent(&m_view.canvas(), &press);
    }
    void step() {
        auto *bar = m_view.canvas().verticalScrollBar();
        if (m_at == 0 && (m_view.model().isReading() || !m_view.model().lines().complete() || m_view.model().errors().isRunning()))
            return; // opening is measured too: its events are counted already
        ++m_at;
        if (m_at == 1)
            m_view.findChild<QLineEdit *>(QStringLiteral("runLogFind"))->setText(QStringLiteral("checkpoint"));
        else if (m_at < 400) {
            QWheelEvent wheel(QPointF(100, 100), m_view.canvas().viewport()->mapToGlobal(QPointF(100, 100)), {}, QPoint(0, m_at % 100 < 70 ? 360 : -360), Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(m_view.canvas().viewport(), &wheel);
        } else if (m_at < 600) {
            bar->setValue(int(double(bar->maximum()) * ((m_at * 37) % 200) / 200)); // a drag
        } else if (m_at < 700) {
            key(m_at % 2 ? Qt::Key_PageUp : Qt::Key_PageDown);
        } else if (m_at < 800) {
            key(Qt::Key_N);
        } else if (m_at < 850) {
            key(Qt::Key_E);
        } else if (m_at == 850) {
            key(Qt::Key_W);
        } else if (m_at == 950) {
            key(Qt::Key_W);
        } else if (m_at == 960) {
            key(Qt::Key_G, Qt::ShiftModifier);
        } else if (m_at > 980) {
            m_beat.stop();
            QCoreApplication::quit();
        }
    }
    EventProbe &m_probe;
    ui::RunLogView &m_view;
    QTimer m_beat;
    int m_at = 0;
};

} // namespace

int main(int argc, char **argv) {
    if (argc < 2) {
        std::fprintf(stderr, "bench_log FILE\n");
        return 2;
    }
    EventProbe probe(argc, argv);
    const QString path = QString::fromLocal8Bit(argv[1]);
    QJsonObject out;
    engine(path, out);
    ui::Theme theme;
    theme.apply(ui::SchemeChoice::Dark);
    Pools pools(2);
    ui::RunLogView view(pools.waiting);
    view.resize(1200, 800);
    view.show();
    QCoreApplication::processEvents(); // the first layout of a window is not the log's
    probe.beginPhase(QStringLiteral("view"));
    view.setFile(path);
    Driver driver(probe, view);
    probe.exec();
    out.insert(Q("view"), EventProbe::json(probe.phases().back()));
    std::printf("%s\n", QJsonDocument(out).toJson(QJsonDocument::Compact).constData());
    return 0;
}
