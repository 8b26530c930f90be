// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <map>
#include <utility>
#include <vector>

namespace pilothouse::pipelines {

/// The tasks of a run (v2beta1; KFP 2: run_details, KFP 3: tasks), and which of them lie in which iteration of which loop (ParallelFor).
///
/// Servers tell it in two ways. Those of KFP 2 give each node of Argo's workflow as a task, without saying which node it is: its children are, by the node's id, and an id is the
/// FNV-32a of the node's whole name ("iris-x7k2p.root.for-loop-1.iteration-iterations(2:2).iteration-item.profile"). So the names are found by trying what stands in a task's place.
/// Others say parent_task_id, and type_attributes.iteration_index. Pure.
class KubeflowTasks {
public:
    explicit KubeflowTasks(const QJsonObject &run);
    Q_DISABLE_COPY(KubeflowTasks)

    struct Task {
        QJsonObject json;
        QString name;      ///< as the spec calls it
        QString path;      ///< the whole name of its node; empty: not known
        QString iteration; ///< key of the innermost one it lies in; empty: of none
        bool placed = true; ///< false: it is one of several of this name, and which is not known
        bool plumbing = false; ///< drivers, executors, and what Argo needs for a loop: no task of the pipeline
    };
    /// One round of a loop.
    struct Iteration {
        QString outer, loop; ///< key of the iteration that the loop lies in, and the loop's name
        int index = 0;
        const QJsonObject *task = nullptr; ///< the one that stands for it; null: there is none
    };
    /// Where a task is looked for: the iteration, and the whole name of the node that has it (empty: not known).
    struct Place {
        QString iteration, path;
    };

    const std::vector<Task> &all() const { return m_all; }
    Place root() const { return {{}, m_root}; }
    const Task *named(const QString &name, const Place &place) const; ///< null: not there (yet)
    const Task *unplaced(const QString &name) const;                 ///< of several that cannot be told apart, one, if all of them stand alike
    std::vector<const Task *> below(const Task &parent) const;

    QMap<int, QString> iterations(const QString &loop, const QString &outer) const; ///< index → key
    const Iteration *iteration(const QString &key) const;
    QString rounds(const Task &task) const; ///< " · 3 of 8" of a task in an iteration, the outer loop's first; empty: it is in none
    int iterationCount(const QString &loop, const QString &outer) const; ///< as the server says it, else by the iterations that there are
    Place within(const Place &outer, const QString &loop, int index) const; ///< in an iteration
    Place within(const Place &outer, const QString &task) const { return {outer.iteration, outer.path.isEmpty() ? QString() : outer.path + QLatin1Char('.') + task}; } ///< in a part of a pipeline that is no loop

    /// A stage's key, "NAME" or "LOOP/INDEX/NAME", to its task.
    const Task *at(const QString &key) const;
    bool isLoop(const QString &key) const;
    /// Pods of a task, those that ran it last first.
    QStringList pods(const Task &task) const;

private:
    Place placeOf(const QString &key, QString *last) const;
    void findPaths(); ///< m_root stays empty where there are none
    void placeByPath();
    void placeByParent();
    std::vector<Task> m_all;
    QMap<QString, QString> m_node;   ///< path → Argo's id
    std::map<QString, Iteration> m_iterations;
    std::map<std::pair<QString, QString>, std::vector<const Task *>> m_named; ///< by iteration and name
    QMap<QString, const Task *> m_at;                                         ///< by path
    QString m_workflow, m_root;
};

} // namespace pilothouse::pipelines
