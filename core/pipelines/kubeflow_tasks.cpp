// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/kubeflow_tasks.h"

#include "core/pipelines/kubeflow_words.h"

#include <QJsonArray>
#include <QSet>

#include <algorithm>
#include <optional>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

/// "iteration-iterations(2:2)", of before 2.2 "for-loop-1-iterations(2:2)".
const QRegularExpression &round() {
    static const QRegularExpression form(QStringLiteral("\\A(.+)-iterations\\((\\d+)(?::[^)]*)?\\)\\z"));
    return form;
}

QStringList childIds(const QJsonObject &task) {
    QStringList ids;
    for (const QJsonValue &child : kubeflowList(task, "child_tasks"))
        for (const char *key : {"task_id", "pod_name"})
            if (const QString id = kubeflowText(child.toObject(), key); !id.isEmpty())
                ids << id;
    return ids;
}

/// The id that Argo gives a node of this whole name.
QString nodeId(const QString &workflow, const QString &path) {
    quint32 hash = 2166136261u;
    for (const char c : path.toUtf8())
        hash = (hash ^ quint8(c)) * 16777619u;
    return workflow + QLatin1Char('-') + QString::number(hash);
}

QString parentPath(const QString &path) { return path.left(std::max<qsizetype>(0, path.lastIndexOf(QLatin1Char('.')))); }
QString lastName(const QString &path) { return path.mid(path.lastIndexOf(QLatin1Char('.')) + 1); }

QJsonObject attributes(const QJsonObject &task) { return kubeflowObject(task, "type_attributes"); }
int indexIn(const QJsonObject &task) { return int(kubeflowInteger(attributes(task), "iteration_index")); }

} // namespace

KubeflowTasks::KubeflowTasks(const QJsonObject &run) {
    static const QRegularExpression inner(QStringLiteral("(\\A|-)driver\\z|\\Aexecutor(\\(\\d+\\))?\\z|\\Aroot\\z|\\(\\d+\\)\\z|\\Aiteration-(item|iterations)\\z|-iterations(\\(\\d+(:[^)]*)?\\))?\\z"));
    const QJsonArray details = kubeflowList(kubeflowObject(run, "run_details"), "task_details");
    for (const QJsonValue &value : details.isEmpty() ? kubeflowList(run, "tasks") : details) {
        Task task;
        task.json = value.toObject();
        const QString own = kubeflowText(task.json, "name"), type = kubeflowText(task.json, "type");
        task.name = own.isEmpty() ? kubeflowText(task.json, "display_name") : own;
        task.plumbing = type.isEmpty() ? inner.match(task.name).hasMatch() : type == Q("ROOT") || type == Q("LOOP_ITERATION");
        m_all.push_back(std::move(task));
    }
    findPaths();
    if (m_root.isEmpty())
        placeByParent();
    else
        placeByPath();
    for (const Task &task : m_all) {
        if (task.placed)
            m_named[{task.iteration, task.name}].push_back(&task);
        if (!task.path.isEmpty())
            m_at.insert(task.path, &task);
    }
}

/// Names of nodes from the workflow's down: what is nobody's child is none.
void KubeflowTasks::findPaths() {
    QSet<QString> ids;
    QMap<QString, QStringList> tries; ///< "executor" → "executor(0)", "executor(1)"
    QSet<QString> plain;
    for (const Task &task : m_all) {
        for (const QString &id : childIds(task.json))
            ids << id;
        if (const qsizetype bracket = task.name.indexOf(QLatin1Char('(')); bracket > 0)
            tries[task.name.left(bracket)] << task.name;
        else
            plain << task.name;
    }
    for (const Task &task : m_all)
        if (ids.contains(nodeId(task.name, task.name + QStringLiteral(".root"))) || ids.contains(nodeId(task.name, task.name + QStringLiteral(".root-driver"))))
            m_workflow = task.name;
    if (m_workflow.isEmpty())
        return;
    QStringList open{m_workflow};
    m_node.insert(m_workflow, m_workflow);
    const auto found = [&](const QString &path) {
        const QString id = nodeId(m_workflow, path);
        if (!ids.contains(id) || m_node.contains(path))
            return ids.contains(id);
        m_node.insert(path, id);
        open << path;
        return true;
    };
    while (!open.isEmpty()) {
        const QString at = open.takeLast();
        for (const QString &name : std::as_const(plain))
            if (name != m_workflow && found(at + QLatin1Char('.') + name))
                for (const QString &again : tries.value(name))
                    found(at + QLatin1Char('.') + again);
    }
    m_root = m_workflow + QStringLiteral(".root");

    QMap<QString, QString> pathOf;
    QMap<QString, QStringList> free; ///< name → paths that have no task yet
    for (auto it = m_node.cbegin(); it != m_node.cend(); ++it) {
        pathOf.insert(it.value(), it.key());
        free[it.key() == m_workflow ? m_workflow : lastName(it.key())] << it.key();
    }
    const auto give = [&](Task &task, const QString &path) {
        if (free[task.name].removeOne(path))
            task.path = path;
    };
    for (Task &task : m_all) {
        if (const QString own = pathOf.value(kubeflowText(task.json, "pod_name")); !own.isEmpty())
            give(task, own);
        for (const QString &id : childIds(task.json)) {
            const QString child = pathOf.value(id), around = parentPath(child);
            if (!task.path.isEmpty() || child.isEmpty())
                continue;
            if (lastName(around) == task.name)
                give(task, around); // it is in it
            else
                give(task, around + QLatin1Char('.') + task.name); // it follows it
        }
    }
    QMap<QString, int> without;
    for (const Task &task : m_all)
        without[task.name] += task.path.isEmpty();
    for (Task &task : m_all)
        if (task.path.isEmpty() && without.value(task.name) == 1 && free.value(task.name).size() == 1)
            task.path = free.value(task.name).front();
}

void KubeflowTasks::placeByPath() {
    const auto keyOf = [&](const QString &path) { // of the innermost round in it
        const QStringList names = path.split(QLatin1Char('.'));
        for (qsizetype i = names.size(); i > 0; --i)
            if (round().match(names[i - 1]).hasMatch())
                return QStringList(names.mid(0, i)).join(QLatin1Char('.'));
        return QString();
    };
    for (auto it = m_node.cbegin(); it != m_node.cend(); ++it) {
        const auto match = round().match(lastName(it.key()));
        if (!match.hasMatch())
            continue;
        const QString around = parentPath(it.key());
        const bool inLoop = match.captured(1) == Q("iteration");
        m_iterations[it.key()] = {keyOf(around), inLoop ? lastName(around) : match.captured(1), match.captured(2).toInt(), nullptr};
    }
    for (Task &task : m_all) {
        task.placed = !task.path.isEmpty();
        task.plumbing = task.plumbing || task.path == m_workflow;
        task.iteration = keyOf(task.path);
        if (const auto own = m_iterations.find(task.path); own != m_iterations.end())
            own->second.task = &task.json;
    }
}

void KubeflowTasks::placeByParent() {
    static const QRegularExpression called(QStringLiteral("\\ALoop Iteration (\\d+)\\z"));
    QMap<QString, std::size_t> byId, parents;
    for (std::size_t i = 0; i < m_all.size(); ++i)
        if (const QString id = kubeflowText(m_all[i].json, "task_id"); !id.isEmpty())
            byId.insert(id, i);
    const auto parentOf = [&](std::size_t i) {
        const auto found = byId.constFind(kubeflowText(m_all[i].json, "parent_task_id"));
        return found == byId.constEnd() || *found == i ? m_all.size() : *found;
    };
    struct Up {
        QString key;
        Iteration iteration;
        std::size_t loop;
    };
    const auto roundOf = [&](std::size_t i) -> std::optional<Up> { // that this task is, or is directly in
        const QJsonObject &json = m_all[i].json;
        const std::size_t parent = parentOf(i);
        const QString id = kubeflowText(json, "task_id"), shown = kubeflowText(json, "display_name");
        const auto match = round().match(shown), words = called.match(shown);
        if (kubeflowText(json, "type") == Q("LOOP_ITERATION") || match.hasMatch() || words.hasMatch()) {
            std::size_t loop = parent; // above what Argo needs for it
            for (std::size_t steps = 0; loop < m_all.size() && m_all[loop].plumbing && steps < m_all.size(); ++steps)
                loop = parentOf(loop);
            const bool own = match.hasMatch() && match.captured(1) != Q("iteration");
            const QString name = own ? match.captured(1) : loop < m_all.size() ? m_all[loop].name : QString();
            const int index = match.hasMatch() ? match.captured(2).toInt() : words.hasMatch() ? words.captured(1).toInt() : indexIn(json);
            return name.isEmpty() ? std::optional<Up>() : Up{id, {{}, name, index, &m_all[i].json}, own ? parent : loop};
        }
        if (parent < m_all.size() && (kubeflowText(m_all[parent].json, "type") == Q("LOOP") || attributes(json).contains(Q("iteration_index")) || attributes(json).contains(Q("iterationIndex"))))
            return Up{QStringLiteral("%1#%2").arg(kubeflowText(m_all[parent].json, "task_id")).arg(indexIn(json)),
                      {{}, m_all[parent].name, indexIn(json), m_all[i].name == m_all[parent].name ? &m_all[i].json : nullptr}, parent};
        return {};
    };
    const auto innermost = [&](std::size_t i) -> std::optional<Up> {
        for (std::size_t steps = 0; i < m_all.size() && steps <= m_all.size(); i = parentOf(i), ++steps)
            if (const auto up = roundOf(i))
                return up;
        return {};
    };
    for (std::size_t i = 0; i < m_all.size(); ++i)
        if (const auto up = innermost(i)) {
            m_all[i].iteration = up->key;
            m_all[i].plumbing = m_all[i].plumbing || up->iteration.task == &m_all[i].json;
            Iteration iteration = up->iteration;
            if (const auto outer = innermost(up->loop))
                iteration.outer = outer->key;
            m_iterations[up->key] = iteration;
        }
}

const KubeflowTasks::Task *KubeflowTasks::named(const QString &name, const Place &place) const {
    const auto all = m_named.find({place.iteration, name});
    if (all == m_named.end())
        return nullptr;
    const Task *found = nullptr;
    for (const Task *task : all->second) {
        if (place.path.isEmpty() || task->path.isEmpty())
            found = found ? found : task;
        else if (task->path == place.path + QLatin1Char('.') + name)
            return task;
    }
    return found;
}

const KubeflowTasks::Task *KubeflowTasks::unplaced(const QString &name) const {
    const Task *found = nullptr;
    for (const Task &task : m_all)
        if (!task.placed && task.name == name) {
            if (found && kubeflowText(found->json, "state") != kubeflowText(task.json, "state"))
                return nullptr;
            found = &task;
        }
    return found;
}

std::vector<const KubeflowTasks::Task *> KubeflowTasks::below(const Task &parent) const {
    std::vector<const Task *> found;
    if (!m_root.isEmpty()) { // children of Argo's nodes are those that follow them, too
        for (auto it = m_at.lowerBound(parent.path); !parent.path.isEmpty() && it != m_at.cend() && it.key().startsWith(parent.path); ++it)
            if (const QStringView more = QStringView(it.key()).mid(parent.path.size()); more.startsWith(QLatin1Char('.')) || more.startsWith(QLatin1Char('(')))
                found.push_back(it.value());
        return found;
    }
    QSet<const Task *> seen{&parent};
    std::vector<const Task *> open{&parent};
    while (!open.empty()) {
        const Task *at = open.back();
        open.pop_back();
        const QStringList children = childIds(at->json);
        const QString id = kubeflowText(at->json, "task_id");
        for (const Task &task : m_all) {
            const QString own = kubeflowText(task.json, "task_id"), pod = kubeflowText(task.json, "pod_name");
            if (seen.contains(&task) || !((!own.isEmpty() && children.contains(own)) || (!pod.isEmpty() && children.contains(pod)) || (!id.isEmpty() && kubeflowText(task.json, "parent_task_id") == id)))
                continue;
            seen << &task;
            found.push_back(&task);
            open.push_back(&task);
        }
    }
    return found;
}

QMap<int, QString> KubeflowTasks::iterations(const QString &loop, const QString &outer) const {
    QMap<int, QString> found;
    for (const auto &[key, iteration] : m_iterations)
        if (iteration.loop == loop && iteration.outer == outer)
            found.insert(iteration.index, key);
    return found;
}

const KubeflowTasks::Iteration *KubeflowTasks::iteration(const QString &key) const {
    const auto found = m_iterations.find(key);
    return found == m_iterations.end() ? nullptr : &found->second;
}

QString KubeflowTasks::rounds(const Task &task) const {
    QString text, key = task.iteration;
    for (int depth = 0; depth < 20 && !key.isEmpty(); ++depth) {
        const Iteration *round = iteration(key);
        if (!round)
            break;
        text.prepend(QStringLiteral(" · %1 of %2").arg(round->index + 1).arg(iterationCount(round->loop, round->outer)));
        key = round->outer;
    }
    return text;
}

int KubeflowTasks::iterationCount(const QString &loop, const QString &outer) const {
    const QMap<int, QString> there = iterations(loop, outer);
    int count = there.isEmpty() ? 0 : there.lastKey() + 1;
    for (const Task &task : m_all)
        if (task.name == loop && task.iteration == outer)
            count = std::max(count, int(kubeflowInteger(attributes(task.json), "iteration_count")));
    return count;
}

KubeflowTasks::Place KubeflowTasks::within(const Place &outer, const QString &loop, int index) const {
    const QString key = iterations(loop, outer.iteration).value(index, QStringLiteral("?")); // one that has not begun has nothing
    return {key, m_root.isEmpty() || !m_node.contains(key) ? QString() : key + QStringLiteral(".iteration-item")};
}

KubeflowTasks::Place KubeflowTasks::placeOf(const QString &key, QString *last) const {
    Place place = root();
    const QStringList parts = key.split(QLatin1Char('/'));
    for (qsizetype i = 0; i + 1 < parts.size(); ++i) {
        bool number = false;
        const int index = parts[i + 1].toInt(&number);
        place = number ? within(place, parts[i], index) : within(place, parts[i]);
        i += number;
    }
    *last = parts.back();
    return place;
}

const KubeflowTasks::Task *KubeflowTasks::at(const QString &key) const {
    QString name;
    const Place place = placeOf(key, &name);
    return named(name, place);
}

bool KubeflowTasks::isLoop(const QString &key) const {
    QString name;
    const Place place = placeOf(key, &name);
    return !iterations(name, place.iteration).isEmpty();
}

QStringList KubeflowTasks::pods(const Task &task) const {
    QStringList pods;
    if (!task.path.isEmpty()) { // by the nodes' names: which of the tasks called "executor" it is, is not said
        static const QRegularExpression form(QStringLiteral("\\A(?:\\((\\d+)\\))?(\\.executor)?(?:\\((\\d+)\\))?\\z"));
        std::vector<std::pair<int, QString>> tries;
        for (auto it = m_node.lowerBound(task.path); it != m_node.cend() && it.key().startsWith(task.path); ++it)
            if (const auto match = form.match(it.key().mid(task.path.size())); match.hasMatch())
                tries.emplace_back(match.captured(1).toInt() + match.captured(3).toInt() + (match.captured(2).isEmpty() ? 0 : 1000) + (match.captured(3).isEmpty() ? 0 : 1), it.value());
        std::stable_sort(tries.begin(), tries.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
        for (const auto &one : tries)
            pods << one.second;
        return pods;
    }
    for (const QJsonValue &pod : kubeflowList(task.json, "pods"))
        if (kubeflowText(pod.toObject(), "type") == Q("EXECUTOR"))
            pods << kubeflowText(pod.toObject(), "name");
    return pods;
}

} // namespace pilothouse::pipelines
