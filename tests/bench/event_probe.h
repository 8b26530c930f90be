// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <QMetaEnum>
#include <QThread>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <utility>
#include <vector>

namespace pilothouse::bench {

inline double threadCpuMs() {
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return double(t.tv_sec) * 1e3 + double(t.tv_nsec) * 1e-6;
}
inline double wallMs() {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return double(t.tv_sec) * 1e3 + double(t.tv_nsec) * 1e-6;
}

/// An application that measures what each event costs the GUI thread: its own CPU clock (the neighbours do not count) and the
/// wall beside it. What an event sends on its way is part of it; the events of a nested event loop are events of their own.
class EventProbe : public QApplication {
public:
    using QApplication::QApplication;

    /// One phase of a run, with every event's CPU and the dear ones in words.
    struct Phase {
        QString name;
        std::vector<float> cpu;
        double worstWall = 0;
        struct Dear {
            double at = 0, cpu = 0, wall = 0; ///< at: ms of CLOCK_MONOTONIC, as perf record -k CLOCK_MONOTONIC tells its samples
            QString event, receiver;
        };
        std::vector<Dear> dear;
    };
    double dearFrom = 4; ///< ms of CPU from which an event is written down
    const QObject *notCounted = nullptr; ///< the driver's own heartbeat

    void beginPhase(const QString &name) { m_phases.push_back({name, {}, 0, {}}); }
    const std::vector<Phase> &phases() const { return m_phases; }

    bool notify(QObject *receiver, QEvent *event) override {
        if (m_phases.empty() || receiver == notCounted || QThread::currentThread() != thread())
            return QApplication::notify(receiver, event);
        const int level = thread()->loopLevel();
        if (m_open && m_open->level == level)
            return QApplication::notify(receiver, event);
        Open open{m_open, level, 0, 0};
        m_open = &open;
        const QEvent::Type type = event->type();
        const QMetaObject *meta = receiver->metaObject(); // of the class, which outlives the receiver
        const QString name = receiver->objectName();
        const QMetaObject *owner = receiver->parent() ? receiver->parent()->metaObject() : nullptr;
        const double cpu = threadCpuMs(), wall = wallMs();
        const bool taken = QApplication::notify(receiver, event);
        const double cpuAll = threadCpuMs() - cpu, wallAll = wallMs() - wall;
        m_open = open.before;
        if (m_open) {
            m_open->nestedCpu += cpuAll;
            m_open->nestedWall += wallAll;
        }
        Phase &phase = m_phases.back();
        const double own = cpuAll - open.nestedCpu, ownWall = wallAll - open.nestedWall;
        phase.cpu.push_back(float(own));
        phase.worstWall = std::max(phase.worstWall, ownWall);
        if (own >= dearFrom) {
            const char *word = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
            QString who = QString::fromLatin1(meta->className());
            if (!name.isEmpty())
                who += QLatin1Char('#') + name;
            if (owner)
                who += QStringLiteral(" of ") + QLatin1String(owner->className());
            const QString note = m_note.isEmpty() && type == QEvent::UpdateRequest ? m_lastNote : m_note; // what is painted is what was done last
            phase.dear.push_back({wall, own, ownWall, word ? QString::fromLatin1(word) : QString::number(type), who + (note.isEmpty() ? QString() : QStringLiteral(" · ") + note)});
        }
        if (!m_note.isEmpty())
            m_lastNote = std::exchange(m_note, {});
        return taken;
    }
    /// Said by the driver inside an event, so that a dear one can be told from its likes.
    void note(const QString &text) { m_note = text; }

    static QJsonObject json(Phase phase) {
        std::sort(phase.cpu.begin(), phase.cpu.end());
        std::sort(phase.dear.begin(), phase.dear.end(), [](const auto &a, const auto &b) { return a.cpu > b.cpu; });
        const auto at = [&](double share) { return phase.cpu.empty() ? 0 : phase.cpu[std::size_t(std::ceil(share * double(phase.cpu.size())) - 1)]; };
        const auto rounded = [](double v) { return std::round(v * 100) / 100; };
        QJsonArray dear;
        for (std::size_t i = 0; i < std::min<std::size_t>(8, phase.dear.size()); ++i)
            dear.append(QJsonObject{{QStringLiteral("at_ms"), rounded(phase.dear[i].at)}, {QStringLiteral("cpu_ms"), rounded(phase.dear[i].cpu)}, {QStringLiteral("wall_ms"), rounded(phase.dear[i].wall)},
                                    {QStringLiteral("event"), phase.dear[i].event}, {QStringLiteral("receiver"), phase.dear[i].receiver}});
        return {{QStringLiteral("phase"), phase.name}, {QStringLiteral("events"), qint64(phase.cpu.size())},
                {QStringLiteral("max_cpu_ms"), rounded(double(at(1)))}, {QStringLiteral("p999_cpu_ms"), rounded(double(at(0.999)))},
                {QStringLiteral("max_wall_ms"), rounded(phase.worstWall)}, {QStringLiteral("over_16_ms"), qint64(std::count_if(phase.cpu.begin(), phase.cpu.end(), [](float v) { return v > 16; }))},
                {QStringLiteral("dear"), dear}};
    }

private:
    struct Open {
        Open *before;
        int level;
        double nestedCpu, nestedWall;
    };
    Open *m_open = nullptr;
    std::vector<Phase> m_phases;
    QString m_note, m_lastNote;
};

} // namespace pilothouse::bench
