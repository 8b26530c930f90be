// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/azureml_job_file.h"

#include "core/workspace/yaml_tree.h"

#include <QDir>
#include <QFileInfo>
#include <QMap>
#include <QRegularExpression>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
using workspace::YamlNode;

using Words = QMap<QString, QString>;

QStringList words(const char *all) { return QString::fromLatin1(all).split(QLatin1Char(' ')); }
/// "a=b c=d": the schema's word and ARM's.
Words pairs(const char *all) {
    Words out;
    for (const QString &pair : words(all))
        out.insert(pair.section(QLatin1Char('='), 0, 0), pair.section(QLatin1Char('='), 1));
    return out;
}

class Reading {
public:
    Reading(const workspace::YamlPlaces &places, const QJsonObject &given) : m_places(places), m_given(given) {}

    Result<AzureJobFile> job(const YamlNode &root) {
        AzureJobFile job;
        job.file = m_places.file();
        if (root.kind != YamlNode::Kind::Map)
            return invalid(QStringLiteral("This is no job: it has no keys."), job.file, QStringLiteral("A command job has command, environment and compute."));
        static const QStringList known = words("$schema type name display_name experiment_name description tags properties command code environment environment_variables compute inputs outputs resources limits distribution");
        static const QStringList others = words("identity services queue_settings parent_job_name jobs settings trial search_space objective component");
        for (const auto &[key, value] : root.entries) {
            if (others.contains(key->text))
                return unsupported(*key, QStringLiteral("the key “%1”").arg(key->text));
            if (!known.contains(key->text))
                return unknown(*key, known);
        }
        PH_ASSIGN(const QString type, text(root, "type"));
        if (!type.isEmpty() && type != Q("command"))
            return unsupported(*root.find(QStringLiteral("type")), QStringLiteral("a job of type %1").arg(type));
        QJsonObject &out = job.properties;
        out.insert(Q("jobType"), Q("Command"));
        static const std::pair<const char *, const char *> plain[] = {{"display_name", "displayName"}, {"experiment_name", "experimentName"}, {"description", "description"}};
        for (const auto &[key, field] : plain) {
            PH_ASSIGN(const QString value, text(root, key));
            if (!value.isEmpty())
                out.insert(Q(field), value);
        }
        PH_ASSIGN(job.name, text(root, "name"));
        static const std::pair<const char *, const char *> maps[] = {{"tags", "tags"}, {"properties", "properties"}, {"environment_variables", "environmentVariables"}};
        for (const auto &[key, field] : maps) {
            PH_ASSIGN(const QJsonObject value, texts(root, key));
            if (!value.isEmpty())
                out.insert(Q(field), value);
        }
        PH_ASSIGN(const QString command, text(root, "command"));
        if (command.trimmed().isEmpty())
            return invalid(QStringLiteral("The job has no command."), job.file, QStringLiteral("Add command: python train.py …"));
        out.insert(Q("command"), command);
        PH_TRY(places(root, job));
        PH_TRY(ports(root, out, "inputs"));
        PH_TRY(ports(root, out, "outputs"));
        PH_TRY(sizes(root, out));
        for (const QString &name : m_given.keys())
            if (!out.value(Q("inputs")).toObject().contains(name))
                return invalid(QStringLiteral("The job has no input “%1”.").arg(name), job.file, QStringLiteral("Its inputs: %1.").arg(out.value(Q("inputs")).toObject().keys().join(QStringLiteral(", "))));
        static const QRegularExpression reference(QStringLiteral("\\$\\{\\{\\s*(inputs|outputs)\\.([A-Za-z0-9_]+)\\s*\\}\\}"));
        for (auto it = reference.globalMatch(command); it.hasNext();)
            if (const auto match = it.next(); !out.value(match.captured(1)).toObject().contains(match.captured(2)))
                return invalid(QStringLiteral("The command names %1.%2, which the job does not have.").arg(match.captured(1), match.captured(2)), at(*root.find(QStringLiteral("command"))), {});
        return job;
    }

private:
    QString at(const YamlNode &node) const { return m_places.at(node.position); }
    Error unsupported(const YamlNode &node, const QString &what) const {
        return refused(QStringLiteral("Pilothouse does not send %1.").arg(what), at(node), QStringLiteral("Submit this one with the CLI: az ml job create --file %1.").arg(QFileInfo(m_places.file()).fileName()));
    }
    Error unknown(const YamlNode &key, const QStringList &known) const {
        const QString near = workspace::nearestName(key.text, known);
        return invalid(QStringLiteral("A command job has no key “%1”.").arg(key.text), at(key), near.isEmpty() ? QStringLiteral("Known: %1.").arg(known.join(QStringLiteral(", "))) : QStringLiteral("Did you mean %1?").arg(near));
    }
    Result<QString> text(const YamlNode &map, const char *key) const {
        const YamlNode *node = map.find(Q(key));
        if (!node || node->kind == YamlNode::Kind::Null)
            return QString();
        if (node->kind != YamlNode::Kind::Scalar)
            return invalid(QStringLiteral("%1 must be a text.").arg(Q(key)), at(*node));
        return node->text;
    }
    Result<QJsonObject> texts(const YamlNode &map, const char *key) const {
        QJsonObject out;
        const YamlNode *node = map.find(Q(key));
        if (!node || node->kind == YamlNode::Kind::Null)
            return out;
        if (node->kind != YamlNode::Kind::Map)
            return invalid(QStringLiteral("%1 must have names and texts.").arg(Q(key)), at(*node));
        for (const auto &[name, value] : node->entries) {
            if (value->kind != YamlNode::Kind::Scalar)
                return invalid(QStringLiteral("%1 of %2 must be a text.").arg(name->text, Q(key)), at(*value));
            out.insert(name->text, value->text);
        }
        return out;
    }

    /// code, environment and compute.
    Result<void> places(const YamlNode &root, AzureJobFile &job) const {
        if (const YamlNode *environment = root.find(QStringLiteral("environment")); !environment)
            return invalid(QStringLiteral("The job has no environment."), job.file, QStringLiteral("Add environment: azureml:NAME:VERSION."));
        else if (environment->kind != YamlNode::Kind::Scalar)
            return refused(QStringLiteral("Pilothouse does not make an environment in place."), at(*environment), QStringLiteral("Make it once (az ml environment create --file environment.yml) and name it: environment: azureml:NAME:VERSION."));
        PH_ASSIGN(const QString environment, text(root, "environment"));
        if (!environment.startsWith(Q("azureml:")) && !environment.startsWith(Q("/subscriptions/")))
            return invalid(QStringLiteral("“%1” is no environment of the workspace.").arg(environment), at(*root.find(QStringLiteral("environment"))), QStringLiteral("Write azureml:NAME:VERSION, or azureml://registries/… for one of a registry."));
        job.properties.insert(Q("environmentId"), environment);
        PH_ASSIGN(QString compute, text(root, "compute"));
        if (compute == Q("local"))
            return unsupported(*root.find(QStringLiteral("compute")), QStringLiteral("a job to run on this computer (compute: local)"));
        if (!compute.isEmpty() && !compute.startsWith(Q("/subscriptions/")))
            compute = compute.startsWith(Q("azureml:")) ? compute : Q("azureml:") + compute;
        if (!compute.isEmpty())
            job.properties.insert(Q("computeId"), compute);
        PH_ASSIGN(const QString code, text(root, "code"));
        if (code.startsWith(Q("azureml:")) || code.startsWith(Q("/subscriptions/")))
            job.properties.insert(Q("codeId"), code);
        else if (code.contains(Q("://")) || code.startsWith(Q("git+")))
            return unsupported(*root.find(QStringLiteral("code")), QStringLiteral("code from an address (%1)").arg(code));
        else if (!code.isEmpty())
            job.code = QDir::cleanPath(QFileInfo(job.file).absoluteDir().absoluteFilePath(code));
        return {};
    }

    Result<void> ports(const YamlNode &root, QJsonObject &out, const char *which) const {
        const YamlNode *all = root.find(Q(which));
        if (!all || all->kind == YamlNode::Kind::Null)
            return {};
        if (all->kind != YamlNode::Kind::Map)
            return invalid(QStringLiteral("%1 must have names.").arg(Q(which)), at(*all));
        const bool inputs = Q(which) == Q("inputs");
        QJsonObject made;
        for (const auto &[name, value] : all->entries) {
            PH_ASSIGN(const QJsonObject one, inputs ? input(name->text, *value) : output(name->text, *value));
            made.insert(name->text, one);
        }
        out.insert(Q(which), made);
        return {};
    }

    Result<void> keysOf(const YamlNode &map, const QStringList &known, const QString &what) const {
        if (map.kind != YamlNode::Kind::Map)
            return invalid(QStringLiteral("%1 must have keys.").arg(what), at(map), QStringLiteral("Known: %1.").arg(known.join(QStringLiteral(", "))));
        for (const auto &[key, value] : map.entries)
            if (!known.contains(key->text))
                return refused(QStringLiteral("Pilothouse does not send “%1” of %2.").arg(key->text, what), at(*key), QStringLiteral("Known: %1.").arg(known.join(QStringLiteral(", "))));
        return {};
    }

    Result<QJsonObject> input(const QString &name, const YamlNode &node) const {
        const QJsonValue given = m_given.value(name);
        if (node.kind == YamlNode::Kind::Scalar)
            return QJsonObject{{Q("jobInputType"), Q("literal")}, {Q("value"), given.isUndefined() ? node.text : given.toVariant().toString()}};
        static const Words modes = pairs("ro_mount=ReadOnlyMount rw_mount=ReadWriteMount download=Download direct=Direct eval_mount=EvalMount eval_download=EvalDownload");
        static const QStringList types = words("uri_file uri_folder mltable custom_model mlflow_model triton_model");
        PH_TRY(keysOf(node, words("type path mode description"), QStringLiteral("the input %1").arg(name)));
        PH_ASSIGN(QString type, text(node, "type"));
        PH_ASSIGN(QString path, text(node, "path"));
        PH_ASSIGN(const QString mode, text(node, "mode"));
        type = type.isEmpty() ? QStringLiteral("uri_folder") : type;
        if (!types.contains(type))
            return invalid(QStringLiteral("“%1” is no type of an input.").arg(type), at(node), QStringLiteral("Known: %1.").arg(types.join(QStringLiteral(", "))));
        if (!given.isUndefined())
            path = given.toString();
        if (path.isEmpty())
            return invalid(QStringLiteral("The input %1 has no path.").arg(name), at(node), QStringLiteral("Write path: azureml:NAME:VERSION, or give one with --input %1=….").arg(name));
        if (!path.startsWith(Q("azureml:")) && !path.startsWith(Q("/subscriptions/")) && !path.contains(Q("://")))
            return refused(QStringLiteral("Pilothouse does not send local data (%1).").arg(path), at(node), QStringLiteral("Make it a data asset once (az ml data create) and name it: path: azureml:NAME:VERSION."));
        QJsonObject out{{Q("jobInputType"), type}, {Q("uri"), path}};
        if (!mode.isEmpty() && modes.value(mode).isEmpty())
            return invalid(QStringLiteral("“%1” is no mode of an input.").arg(mode), at(node), QStringLiteral("Known: %1.").arg(modes.keys().join(QStringLiteral(", "))));
        if (!mode.isEmpty())
            out.insert(Q("mode"), modes.value(mode));
        return out;
    }

    Result<QJsonObject> output(const QString &name, const YamlNode &node) const {
        static const Words modes = pairs("rw_mount=ReadWriteMount upload=Upload direct=Direct");
        static const QStringList types = words("uri_file uri_folder mltable custom_model mlflow_model triton_model");
        if (node.kind == YamlNode::Kind::Null)
            return QJsonObject{{Q("jobOutputType"), Q("uri_folder")}};
        PH_TRY(keysOf(node, words("type path mode description"), QStringLiteral("the output %1").arg(name)));
        PH_ASSIGN(QString type, text(node, "type"));
        PH_ASSIGN(const QString path, text(node, "path"));
        PH_ASSIGN(const QString mode, text(node, "mode"));
        type = type.isEmpty() ? QStringLiteral("uri_folder") : type;
        if (!types.contains(type))
            return invalid(QStringLiteral("“%1” is no type of an output.").arg(type), at(node), QStringLiteral("Known: %1.").arg(types.join(QStringLiteral(", "))));
        if (!mode.isEmpty() && modes.value(mode).isEmpty())
            return invalid(QStringLiteral("“%1” is no mode of an output.").arg(mode), at(node), QStringLiteral("Known: %1.").arg(modes.keys().join(QStringLiteral(", "))));
        QJsonObject out{{Q("jobOutputType"), type}};
        if (!path.isEmpty())
            out.insert(Q("uri"), path);
        if (!mode.isEmpty())
            out.insert(Q("mode"), modes.value(mode));
        return out;
    }

    /// resources, limits and distribution.
    Result<void> sizes(const YamlNode &root, QJsonObject &out) const {
        const auto number = [&](const YamlNode &map, const char *key, int least) -> Result<int> {
            PH_ASSIGN(const QString said, text(map, key));
            bool good = said.isEmpty();
            const int value = good ? 0 : said.toInt(&good);
            if (!good || (!said.isEmpty() && value < least))
                return invalid(QStringLiteral("%1 must be a whole number, %2 or more.").arg(Q(key)).arg(least), at(*map.find(Q(key))));
            return value;
        };
        if (const YamlNode *resources = root.find(QStringLiteral("resources"))) {
            PH_TRY(keysOf(*resources, words("instance_count instance_type shm_size"), QStringLiteral("resources")));
            QJsonObject made;
            PH_ASSIGN(const int count, number(*resources, "instance_count", 1));
            PH_ASSIGN(const QString type, text(*resources, "instance_type"));
            PH_ASSIGN(const QString memory, text(*resources, "shm_size"));
            if (count > 0)
                made.insert(Q("instanceCount"), count);
            if (!type.isEmpty())
                made.insert(Q("instanceType"), type);
            if (!memory.isEmpty())
                made.insert(Q("shmSize"), memory);
            out.insert(Q("resources"), made);
        }
        if (const YamlNode *limits = root.find(QStringLiteral("limits"))) {
            PH_TRY(keysOf(*limits, words("timeout"), QStringLiteral("limits")));
            PH_ASSIGN(const int seconds, number(*limits, "timeout", 1));
            if (seconds > 0)
                out.insert(Q("limits"), QJsonObject{{Q("jobLimitsType"), Q("Command")}, {Q("timeout"), QStringLiteral("PT%1S").arg(seconds)}});
        }
        if (const YamlNode *several = root.find(QStringLiteral("distribution"))) {
            PH_TRY(keysOf(*several, words("type process_count_per_instance"), QStringLiteral("distribution")));
            static const Words kinds = pairs("pytorch=PyTorch mpi=Mpi");
            PH_ASSIGN(const QString type, text(*several, "type"));
            PH_ASSIGN(const int processes, number(*several, "process_count_per_instance", 1));
            if (kinds.value(type.toLower()).isEmpty())
                return refused(QStringLiteral("Pilothouse does not send a distribution of type “%1”.").arg(type), at(*several), QStringLiteral("Known: pytorch, mpi."));
            QJsonObject made{{Q("distributionType"), kinds.value(type.toLower())}};
            if (processes > 0)
                made.insert(Q("processCountPerInstance"), processes);
            out.insert(Q("distribution"), made);
        }
        return {};
    }

    const workspace::YamlPlaces &m_places;
    const QJsonObject &m_given;
};

} // namespace

Result<AzureJobFile> readAzureJob(const QByteArray &text, const QString &file, const QJsonObject &given) {
    const workspace::YamlPlaces places(text, file);
    PH_ASSIGN(const auto tree, workspace::parseYaml(places));
    return Reading(places, given).job(*tree);
}

std::optional<AzureAsset> azureAsset(const QString &text) {
    static const QRegularExpression form(QStringLiteral("\\Aazureml:([A-Za-z0-9][A-Za-z0-9_.-]*)(?:[:/]([A-Za-z0-9_.-]+)|@([A-Za-z0-9_.-]+))?\\z"));
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    return AzureAsset{match.captured(1), match.captured(2), match.captured(3)};
}

} // namespace pilothouse::pipelines
