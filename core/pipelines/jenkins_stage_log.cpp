// SPDX-License-Identifier: GPL-3.0-or-later
// The log of one stage of jenkins_service.h: those of its steps, and of what is in it; of branches that ran side by side one after the other, each below its name.
#include "core/base/hash.h"
#include "core/pipelines/jenkins_service.h"

#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

QString encoded(const QString &node) { return QString::fromLatin1(QUrl::toPercentEncoding(node)); }
QString idText(const QJsonValue &value) { return value.toVariant().toString(); }

/// Steps that belong together, below a heading; none: the stage's own.
struct Section {
    QString name;
    QStringList steps;
};

/// The stage of Pipeline Graph View's tree with this id.
std::optional<QJsonObject> inTree(const QJsonArray &stages, const QString &id) {
    for (const QJsonValue &stage : stages) {
        if (idText(stage[Q("id")]) == id)
            return stage.toObject();
        if (auto below = inTree(stage[Q("children")].toArray(), id))
            return below;
    }
    return {};
}

/// The steps of a stage of the tree and of all that is in it, in the tree's order.
void addSections(const QJsonObject &stage, const QJsonArray &steps, const QString &name, std::vector<Section> &sections) {
    Section own{name, {}};
    const QString id = idText(stage.value(Q("id")));
    for (const QJsonValue &step : steps)
        if (idText(step[Q("stageId")]) == id)
            own.steps << idText(step[Q("id")]);
    sections.push_back(std::move(own));
    for (const QJsonValue &child : stage.value(Q("children")).toArray()) {
        const QString called = child[Q("name")].toString();
        addSections(child.toObject(), steps, name.isEmpty() ? called : name + QStringLiteral(" ▸ ") + called, sections);
    }
}

/// A chain of steps of the stage view, each the parent of the next; that of a branch begins below the node of the branch, which the view leaves out.
struct Chain {
    QJsonArray steps;
    qint64 from = 0, to = 0;
};

std::vector<Chain> chainsOf(const QJsonArray &steps) {
    std::vector<Chain> chains;
    for (const QJsonValue &step : steps) {
        const QJsonArray parents = step[Q("parentNodes")].toArray();
        const auto follows = std::find_if(chains.begin(), chains.end(), [&](const Chain &chain) { return std::any_of(parents.begin(), parents.end(), [&](const QJsonValue &parent) { return idText(parent) == idText(chain.steps.last()[Q("id")]); }); });
        Chain &chain = follows == chains.end() ? chains.emplace_back() : *follows;
        const qint64 begun = qint64(step[Q("startTimeMillis")].toDouble()), ended = begun + qint64(step[Q("durationMillis")].toDouble());
        chain.from = chain.steps.isEmpty() ? begun : std::min(chain.from, begun);
        chain.to = std::max(chain.to, ended);
        chain.steps.append(step);
    }
    return chains;
}

/// Chains that were on their way at one time are branches, and each is named by what it began with; the stage view does not tell the branch's name.
std::vector<Section> sectionsOfSteps(const QJsonArray &steps) {
    const std::vector<Chain> chains = chainsOf(steps);
    std::vector<Section> sections;
    for (std::size_t i = 0; i < chains.size(); ++i) {
        bool beside = false;
        for (std::size_t k = 0; k < chains.size(); ++k)
            beside = beside || (k != i && chains[k].from < chains[i].to && chains[i].from < chains[k].to);
        Section section;
        if (beside) {
            const QJsonValue first = chains[i].steps.first();
            const QString words = first[Q("parameterDescription")].toString().section(QLatin1Char('\n'), 0, 0).left(80);
            section.name = QStringLiteral("branch that began with “%1”").arg(words.isEmpty() ? first[Q("name")].toString() : words);
        }
        for (const QJsonValue &step : chains[i].steps)
            if (step[Q("_links")][Q("log")].isObject())
                section.steps << idText(step[Q("id")]);
        sections.push_back(std::move(section));
    }
    return sections;
}

/// What was read so far is known by its length and digest: of branches that run side by side the text also grows in its midst.
QString placeAfter(const QByteArray &whole) { return QStringLiteral("%1:%2").arg(whole.size()).arg(sha256Hex(whole).left(16)); }

} // namespace

Result<LogPiece> JenkinsPipelines::nodeLog(const QString &build, const QString &node, std::stop_token token) const {
    LogFrom from;
    Result<LogPiece> whole = progressive(build + QStringLiteral("/execution/node/%1/log/logText/progressiveText").arg(node), from, token);
    if (whole || whole.error().kind != ErrorKind::NotFound)
        return whole;
    // Some steps have only what the stage view keeps: the last 10 KiB, as HTML.
    PH_ASSIGN(const std::optional<QJsonValue> object, m_api.maybe(build + QStringLiteral("/execution/node/%1/wfapi/log").arg(node), token));
    LogPiece piece;
    if (object) {
        piece.bytes = textOfHtml((*object)[Q("text")].toString()).toUtf8();
        if ((*object)[Q("hasMore")].toBool())
            piece.note = QStringLiteral("Jenkins gives only the end of this step's log; the run's log has all of it.");
    }
    piece.end = true;
    return piece;
}

Result<std::optional<JenkinsPipelines::StageSteps>> JenkinsPipelines::stepsOfTree(const JenkinsId &id, const QString &stage, std::stop_token token) const {
    PH_ASSIGN(const std::optional<QJsonObject> tree, graphView(id, QStringLiteral("tree"), token));
    const std::optional<QJsonObject> found = tree ? inTree(tree->value(Q("stages")).toArray(), stage) : std::nullopt;
    if (!found)
        return std::optional<StageSteps>();
    PH_ASSIGN(const std::optional<QJsonObject> all, graphView(id, QStringLiteral("allSteps"), token));
    if (!all)
        return std::optional<StageSteps>();
    std::vector<Section> sections;
    addSections(*found, all->value(Q("steps")).toArray(), {}, sections);
    StageSteps out;
    for (Section &section : sections)
        out.sections.emplace_back(std::move(section.name), std::move(section.steps));
    PH_ASSIGN(const QJsonObject run, m_api.object(buildPath(id) + QStringLiteral("/api/json?tree=building"), token));
    out.running = run.value(Q("building")).toBool() && !hasEnded(stateOfStage(found->value(Q("state")).toString()));
    return std::optional(std::move(out));
}

Result<JenkinsPipelines::StageSteps> JenkinsPipelines::stepsOfView(const JenkinsId &id, const QString &stage, std::stop_token token) const {
    PH_ASSIGN(const std::optional<QJsonValue> view, stageView(id.job, buildPath(id) + QStringLiteral("/execution/node/%1/wfapi/describe").arg(encoded(stage)), token));
    if (!view)
        return refused(QStringLiteral("Jenkins gives no log of one stage."), source(), QStringLiteral("Read the run's whole log, or install Pipeline Graph View in Jenkins."));
    StageSteps out;
    for (Section &section : sectionsOfSteps((*view)[Q("stageFlowNodes")].toArray()))
        out.sections.emplace_back(std::move(section.name), std::move(section.steps));
    out.running = !hasEnded(stateOfStage((*view)[Q("status")].toString()));
    return out;
}

Result<LogPiece> JenkinsPipelines::stageLog(const JenkinsId &id, const LogFrom &from, std::stop_token token) const {
    const QString build = buildPath(id);
    if (from.stage.startsWith(Q("step:")))
        return nodeLog(build, encoded(from.stage.mid(5)), token);
    PH_ASSIGN(std::optional<StageSteps> steps, stepsOfTree(id, from.stage, token));
    if (!steps) {
        PH_ASSIGN(steps, stepsOfView(id, from.stage, token));
    }
    LogPiece piece;
    QByteArray whole;
    for (const auto &[name, nodes] : steps->sections) {
        QByteArray part;
        for (const QString &node : nodes) {
            PH_ASSIGN(const LogPiece of, nodeLog(build, encoded(node), token));
            part += of.bytes;
            if (!of.note.isEmpty())
                piece.note = of.note;
        }
        if (!name.isEmpty() && !part.isEmpty()) {
            if (!whole.isEmpty() && !whole.endsWith('\n'))
                whole += '\n';
            whole += QStringLiteral("── %1 ──\n").arg(name).toUtf8();
        }
        whole += part;
    }
    // It comes as a whole each time: what was given before is cut off.
    const qint64 known = from.next.section(QLatin1Char(':'), 0, 0).toLongLong();
    piece.anew = known > whole.size() || (known > 0 && placeAfter(whole.left(known)) != from.next);
    const qint64 begin = piece.anew ? 0 : from.next.isEmpty() && from.lastBytes > 0 ? std::max<qint64>(0, whole.size() - from.lastBytes) : known;
    piece.skipped = from.next.isEmpty() ? begin : 0;
    piece.bytes = whole.mid(begin);
    piece.next = placeAfter(whole);
    piece.end = !steps->running;
    return piece;
}

} // namespace pilothouse::pipelines
