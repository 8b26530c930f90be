// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/cluster_view.h"

#include "core/base/harmless_text.h"
#include "core/base/json.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>

namespace pilothouse {

namespace {

using cluster::WatchPhase;

/// What cannot get better by itself, as soon as it is known.
std::optional<Error> hopeless(const cluster::KubeWatchStatus &status) {
    if (!status.error || status.complete)
        return std::nullopt;
    const bool denied = status.error->kind == ErrorKind::Denied && status.attempts > 1;
    return denied || status.phase == WatchPhase::Absent ? status.error : std::nullopt;
}

struct Bell {
    std::mutex mutex;
    std::condition_variable_any changed;
    bool rung = true;
    void ring() {
        {
            const std::lock_guard lock(mutex);
            rung = true;
        }
        changed.notify_all();
    }
};

} // namespace

void addClusterViewOptions(CLI::App &sub, ClusterViewOptions &options) {
    sub.add_option("--connection", options.connection, "Connection of kind kubernetes, if there are several");
    sub.add_option("--namespace,-n", options.space, "Namespace (else that of the context)");
    sub.add_flag("--all-namespaces,-A", options.all, "All namespaces");
    sub.add_option("--selector,-l", options.selector, "Only with these labels, as kubectl takes them: app=web,tier!=front");
    sub.add_flag("--watch,-w", options.watch, "Go on as things change, until it is stopped; with --json a line each");
}

Result<ClusterView> clusterView(Context &context, const ClusterViewOptions &options) {
    if (options.all && !options.space.empty())
        return invalid(QStringLiteral("Either one namespace or all of them."));
    ClusterView view;
    PH_ASSIGN(view.services, context.services());
    PH_ASSIGN(view.api, view.services->clusters->of(QString::fromStdString(options.connection)));
    if (!options.all)
        view.space = options.space.empty() ? view.api->space() : QString::fromStdString(options.space);
    return view;
}

Result<std::vector<cluster::KubeRowPtr>> readRows(Context &context, const ClusterView &view, const cluster::KubeKind &kind, const QString &labelSelector) {
    PH_ASSIGN(const auto objects, view.api->list(kind, view.space, labelSelector, context.stop()));
    std::vector<cluster::KubeRowPtr> rows;
    for (const QJsonObject &object : objects) {
        PH_ASSIGN(cluster::KubeRowPtr row, cluster::kubeRow(kind, object));
        rows.push_back(std::move(row));
    }
    std::sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) { return a->id < b->id; });
    return rows;
}

Result<void> followRows(Context &context, const ClusterView &view, const cluster::KubeKind &kind, const QString &labelSelector, const std::function<void(const cluster::KubeChanges &)> &fn,
                        const std::function<void(const cluster::KubeWatchStatus &)> &said) {
    QThreadPool pool;
    cluster::KubeWatchOptions options;
    options.kind = kind;
    options.space = view.space;
    options.labelSelector = labelSelector;
    cluster::KubeWatch watch(cluster::kubeSource(view.api, view.services->http, pool), options);
    Bell bell;
    const auto ring = [&bell] { bell.ring(); };
    const auto onRows = watch.table()->listen(ring), onStatus = watch.listen(ring);
    quint64 revision = 0;
    std::optional<WatchPhase> phase;
    QString error;
    while (!context.stop().stop_requested()) {
        {
            std::unique_lock lock(bell.mutex);
            bell.changed.wait(lock, context.stop(), [&] { return bell.rung; });
            bell.rung = false;
        }
        const cluster::KubeWatchStatus status = watch.status();
        if (auto ended = hopeless(status))
            return *std::move(ended);
        if (status.complete) {
            const cluster::KubeChanges changes = watch.table()->changesSince(revision);
            revision = changes.revision;
            if (!changes.empty())
                fn(changes);
        }
        const QString now = status.error ? status.error->what : QString();
        if (status.phase != phase || now != error) {
            said(status);
            phase = status.phase;
            error = now;
        }
        std::unique_lock lock(bell.mutex);
        bell.changed.wait_for(lock, context.stop(), std::chrono::milliseconds(100), [] { return false; }); // at most ten times a second
    }
    return cancelled();
}

QString columns(const std::vector<QStringList> &lines) {
    std::vector<qsizetype> widths;
    for (const QStringList &line : lines)
        for (qsizetype i = 0; i < line.size(); ++i) {
            widths.resize(std::max<std::size_t>(widths.size(), std::size_t(i) + 1));
            widths[std::size_t(i)] = std::max(widths[std::size_t(i)], line[i].size());
        }
    QString text;
    for (const QStringList &line : lines) {
        QString one;
        for (qsizetype i = 0; i < line.size(); ++i)
            one += i + 1 < line.size() ? line[i].leftJustified(widths[std::size_t(i)] + 3) : line[i];
        text += one.trimmed() + QLatin1Char('\n');
    }
    return text.trimmed();
}

QString ageText(qint64 s) {
    const auto two = [](qint64 large, const char *unit, qint64 small, const char *smallUnit) {
        return QString::number(large) + QLatin1String(unit) + (small ? QString::number(small) + QLatin1String(smallUnit) : QString());
    };
    const qint64 minutes = s / 60, hours = s / 3600, days = hours / 24;
    if (s < 120)
        return QStringLiteral("%1s").arg(std::max<qint64>(0, s));
    if (minutes < 10)
        return two(minutes, "m", s % 60, "s");
    if (minutes < 180)
        return QStringLiteral("%1m").arg(minutes);
    if (hours < 8)
        return two(hours, "h", minutes % 60, "m");
    if (hours < 48)
        return QStringLiteral("%1h").arg(hours);
    if (days < 8)
        return two(days, "d", hours % 24, "h");
    if (days < 730)
        return QStringLiteral("%1d").arg(days);
    return days < 365 * 8 ? two(days / 365, "y", days % 365, "d") : QStringLiteral("%1y").arg(days / 365);
}

void printLine(const QJsonObject &object) {
    const QByteArray line = compactJson(object);
    std::fwrite(line.constData(), 1, std::size_t(line.size()), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

} // namespace pilothouse
