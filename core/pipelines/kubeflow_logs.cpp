// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/kubeflow_pipelines.h"
#include "core/pipelines/kubeflow_words.h"

#include <QJsonArray>

#include <algorithm>

namespace pilothouse::pipelines {

using Q = QLatin1String;

Result<QStringList> KubeflowPipelines::podsOf(const QString &id, const QString &stage, bool &ended, bool &loop) const {
    PH_ASSIGN(const bool old, m_api.old());
    QJsonObject workflow;
    PH_ASSIGN(const QJsonObject json, rawRun(id, &workflow));
    ended = hasEnded(kubeflowState(kubeflowText(json, old ? "status" : "state")));
    if (!old)
        return kubeflowPods(json, stage, &loop);
    return QStringList{stage}; // a node's id is its pod's name there (POD_NAMES=v1)
}

Result<LogPiece> KubeflowPipelines::readLog(const LogFrom &from, std::stop_token token) const {
    if (!m_api.at().podLog)
        return refused(QStringLiteral("Kubeflow keeps no logs, and no cluster is connected to read them from its pods."), source(), QStringLiteral("Name the connection of its cluster: cluster: NAME."));
    return from.stage.isEmpty() ? wholeLog(from, token) : stageLog(from, token);
}

/// The API has no log of a run: those of its tasks one after the other, in the order in which they began, each below its name.
Result<LogPiece> KubeflowPipelines::wholeLog(const LogFrom &from, std::stop_token token) const {
    // What a piece continues: the keys of the tasks that are done, that of the task being read, and where in it.
    const QStringList parts = from.next.split(QLatin1Char('\n'));
    QStringList done = parts.value(0).split(QLatin1Char('\t'), Qt::SkipEmptyParts);
    QString task = parts.value(1), at = QStringList(parts.mid(2)).join(QLatin1Char('\n'));
    LogPiece piece;
    if (task.isEmpty()) {
        PH_ASSIGN(const PipelineRun whole, run(from.run));
        std::vector<const Stage *> begun;
        const auto isLoop = [&](const Stage &loop) { return std::any_of(whole.stages.begin(), whole.stages.end(), [&](const Stage &one) { return one.key().startsWith(loop.key() + QLatin1Char('/')); }); };
        for (const Stage &stage : whole.stages)
            if (stage.state != State::Waiting && !done.contains(stage.key()) && !isLoop(stage))
                begun.push_back(&stage);
        std::stable_sort(begun.begin(), begun.end(), [](const Stage *a, const Stage *b) { return a->started.isValid() && (!b->started.isValid() || a->started < b->started); });
        if (from.next.isEmpty() && from.lastBytes > 0 && begun.size() > 1) { // its end: that of the task that began last
            for (std::size_t i = 0; i + 1 < begun.size(); ++i)
                done << begun[i]->key();
            begun.erase(begun.begin(), begun.end() - 1);
            piece.skipped = LogPiece::someBytes;
        }
        if (begun.empty()) {
            piece.end = hasEnded(whole.state);
            piece.next = from.next;
            if (from.next.isEmpty())
                piece.note = QStringLiteral("No stage has begun.");
            return piece;
        }
        task = begun.front()->key();
        at.clear();
        piece.bytes = "=== " + begun.front()->name.toUtf8() + " ===\n";
    }
    auto read = stageLog({from.run, task, at, from.next.isEmpty() ? from.lastBytes : 0}, token);
    if (!read && read.error().kind != ErrorKind::NotFound)
        return read.error();
    if (!read) // gone, and those of the others may still be there
        read = LogPiece{(read.error().what + QLatin1Char('\n')).toUtf8(), {}, true, false, 0, {}};
    if (read->bytes.isEmpty() && read->end && !piece.bytes.isEmpty())
        piece.bytes += (read->note.isEmpty() ? QStringLiteral("It wrote nothing.") : read->note).toUtf8() + '\n';
    else if (!read->end)
        piece.note = read->note;
    piece.bytes += read->bytes;
    if (piece.skipped == 0)
        piece.skipped = read->skipped;
    if (read->end) {
        if (!piece.bytes.isEmpty() && !piece.bytes.endsWith('\n'))
            piece.bytes += '\n';
        done << task;
        task.clear();
        read->next.clear();
    }
    const bool over = task.isEmpty();
    piece.next = done.join(QLatin1Char('\t')) + QLatin1Char('\n') + task + QLatin1Char('\n') + read->next;
    return over && piece.bytes.isEmpty() ? wholeLog({from.run, {}, piece.next, 0}, token) : piece; // an empty piece would look like "nothing new"
}

Result<LogPiece> KubeflowPipelines::stageLog(const LogFrom &from, std::stop_token token) const {
    const QString &stage = from.stage;
    // What a piece continues: "POD\nNEXT", so that a tail asks the cluster alone.
    const qsizetype cut = from.next.indexOf(QLatin1Char('\n'));
    QStringList pods;
    bool ended = false, loop = false;
    if (cut > 0)
        pods << from.next.left(cut);
    else if (stage.startsWith(Q("pod:")))
        pods << stage.mid(4);
    else {
        PH_ASSIGN(pods, podsOf(from.run, stage, ended, loop));
    }
    if (loop)
        return LogPiece{{}, {}, true, false, 0, QStringLiteral("A loop has no log of its own: its iterations have.")};
    if (pods.isEmpty())
        return LogPiece{{}, {}, ended, false, 0, ended ? QStringLiteral("Kubeflow names no pod of this stage: it did not run, or came from the cache.") : QStringLiteral("No pod of this stage has begun.")};
    const QString space = m_api.space().isEmpty() ? QStringLiteral("kubeflow") : m_api.space();
    for (const QString &pod : std::as_const(pods)) {
        // Where Argo has POD_NAMES=v2 the pod of the node WORKFLOW-HASH is WORKFLOW-TEMPLATE-HASH; KFP's executors have one template.
        QStringList names{pod};
        if (const qsizetype dash = pod.lastIndexOf(QLatin1Char('-')); cut <= 0 && dash > 0 && !pod.contains(Q("-system-")))
            names << pod.left(dash) + QStringLiteral("-system-container-impl") + pod.mid(dash);
        for (const QString &name : std::as_const(names)) {
            auto piece = m_api.at().podLog(space, name, QStringLiteral("main"), LogFrom{from.run, stage, cut > 0 ? from.next.mid(cut + 1) : QString(), from.lastBytes}, token);
            if (piece) {
                if (!piece->next.isEmpty() || !piece->end)
                    piece->next = name + QLatin1Char('\n') + piece->next;
                return piece;
            }
            if (piece.error().kind != ErrorKind::NotFound)
                return piece.error();
        }
    }
    return notFound(QStringLiteral("The pod of this stage is gone, and its log with it."), pods.join(QStringLiteral(", ")),
                    QStringLiteral("Pods of ended runs are cleared away; where Argo archives logs, they are in its artifact store."));
}

} // namespace pilothouse::pipelines
