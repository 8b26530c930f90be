// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/import_xgboost.h"

#include "core/learn/tree_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>

namespace pilothouse::learn {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr qint64 newestMajor = 3;
constexpr std::size_t mostClasses = 1000; ///< as in a training

/// What a file cannot be used for, with what to do; thrown, because it is found deep inside.
struct Unusable : std::runtime_error {
    Unusable(const QString &what, const QString &hint) : std::runtime_error(what.toStdString()), hint(hint) {}
    QString hint;
};

QString text(std::string_view s) { return QString::fromUtf8(s.data(), qsizetype(s.size())); }

/// A field that nobody here knows may change the predictions, as base_score's list does in 3.1: it is refused by its name.
void checkFields(const object &fields, const QString &place, std::initializer_list<std::string_view> known) {
    for (const auto [key, value] : fields)
        if (std::find(known.begin(), known.end(), key) == known.end())
            throw Unusable(QStringLiteral("The file has the field “%1.%2”, which is not known here: it may change what the model predicts.").arg(place, text(key)),
                           QStringLiteral("Use a newer Pilothouse, or serve the model by its own server and watch it as an endpoint."));
}

QString versionOf(const element &root) {
    QStringList parts;
    for (const element part : root["version"].get_array())
        parts << QString::number(part.get_int64().value());
    if (parts.size() != 3)
        throw std::runtime_error("its version is no list of three numbers");
    const QString version = parts.join(QLatin1Char('.'));
    const qint64 major = parts.at(0).toLongLong();
    if (major > newestMajor)
        throw Unusable(QStringLiteral("The file was written by XGBoost %1; versions 1 to %2 are read here.").arg(version).arg(newestMajor),
                       QStringLiteral("A new major version may write the same field with another meaning. Save the model with XGBoost %1, or use a newer Pilothouse.").arg(newestMajor));
    if (major < 1)
        throw Unusable(QStringLiteral("The file was written by XGBoost %1; versions 1 to %2 are read here.").arg(version).arg(newestMajor), QStringLiteral("Load it in Python with XGBoost 1 or newer and save it again."));
    return version;
}

void checkBooster(const object &booster) {
    const std::string_view name = booster["name"].get_string();
    if (name != "gbtree")
        throw Unusable(QStringLiteral("The booster “%1” cannot be served here; gbtree can.").arg(text(name)), QStringLiteral("Train with booster=\"gbtree\", or serve the model by its own server."));
    checkFields(booster, QStringLiteral("learner.gradient_booster"), {"name", "model"});
    const object model = booster["model"].get_object();
    checkFields(model, QStringLiteral("learner.gradient_booster.model"), {"cats", "gbtree_model_param", "iteration_indptr", "tree_info", "trees"});
    checkFields(model["gbtree_model_param"].get_object(), QStringLiteral("…gbtree_model_param"), {"num_parallel_tree", "num_trees", "size_leaf_vector"});
    if (auto cats = model["cats"].get_object(); !cats.error())
        for (const auto [key, value] : object(cats.value()))
            if (value.is_array() && value.get_array().value().size() > 0)
                throw Unusable(QStringLiteral("The model has splits by category (“cats.%1” is not empty), which are not read.").arg(text(key)), QStringLiteral("Code the categories as numbers (one-hot) before training."));
}

void checkTrees(const element &model) {
    for (const element tree : model["trees"].get_array()) {
        const object fields = tree.get_object();
        checkFields(fields, QStringLiteral("…trees[]"), {"base_weights", "categories", "categories_nodes", "categories_segments", "categories_sizes", "default_left", "id", "left_children", "loss_changes",
                                                         "parents", "right_children", "split_conditions", "split_indices", "split_type", "sum_hessian", "tree_param"});
        const object parameters = fields["tree_param"].get_object();
        checkFields(parameters, QStringLiteral("…trees[].tree_param"), {"num_deleted", "num_feature", "num_nodes", "size_leaf_vector"});
        if (textNumber(parameters["size_leaf_vector"]) > 1)
            throw Unusable(QStringLiteral("The leaves of the trees hold vectors: the model has more than one target."), QStringLiteral("Train one model for each target."));
    }
}

TreeObjective objectiveOf(const object &objective, QString &name) {
    name = text(objective["name"].get_string());
    using Link = TreeObjective; // Numbers: the prediction is the plain sum of the leaves
    static const std::pair<const char *, Link> served[] = {{"reg:squarederror", Link::Numbers}, {"reg:linear", Link::Numbers}, {"reg:absoluteerror", Link::Numbers}, {"reg:pseudohubererror", Link::Numbers},
                                                           {"reg:squaredlogerror", Link::Numbers}, {"reg:quantileerror", Link::Numbers}, {"binary:logistic", Link::Logistic}, {"multi:softprob", Link::Softmax},
                                                           {"multi:softmax", Link::Softmax}};
    for (const auto &[known, link] : served)
        if (name == QLatin1String(known)) {
            checkFields(objective, QStringLiteral("learner.objective"), {"name", "pseudo_huber_param", "pseduo_huber_param", "quantile_loss_param", "reg_loss_param", "softmax_multiclass_param"});
            return link;
        }
    throw Unusable(QStringLiteral("The objective “%1” cannot be served here.").arg(name),
                   QStringLiteral("Read are reg:squarederror, absoluteerror, pseudohubererror, squaredlogerror and quantileerror, binary:logistic, multi:softprob and multi:softmax. Serve this model by its own server."));
}

float floatOf(std::string_view s) {
    float value = 0;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
    if (error != std::errc() || end != s.data() + s.size() || !std::isfinite(value))
        throw std::runtime_error("base_score is no finite number");
    return value;
}

/// "2.1E0" and, since 3.1, "[2.1E0]" or one for each class: what each output's sum begins with.
std::vector<float> baseMargins(std::string_view base, TreeObjective objective, std::size_t groups) {
    std::vector<float> values;
    if (base.size() > 2 && base.front() == '[' && base.back() == ']') {
        base = base.substr(1, base.size() - 2);
        for (std::size_t comma = base.find(','); comma != std::string_view::npos; comma = base.find(',')) {
            values.push_back(floatOf(base.substr(0, comma)));
            base.remove_prefix(comma + 1);
        }
    }
    values.push_back(floatOf(base));
    if (values.size() == 1)
        values.resize(groups, values.front());
    if (values.size() != groups)
        throw std::runtime_error("base_score holds " + std::to_string(values.size()) + " numbers, the model has " + std::to_string(groups) + " outputs");
    if (objective == TreeObjective::Logistic) { // there it is a probability
        if (!(values[0] > 0 && values[0] < 1))
            throw std::runtime_error("base_score of binary:logistic is no probability between 0 and 1");
        values[0] = -std::log(1.0f / values[0] - 1.0f);
    }
    return values;
}

/// An early-stopped model keeps the rounds after its best one.
void cutRounds(TreeParts &parts, const element &learner, ImportRounds rounds, QStringList &notes) {
    auto attribute = learner["attributes"]["best_iteration"].get_string();
    if (attribute.error())
        return;
    bool number = false;
    const qint64 best = text(attribute.value()).toLongLong(&number);
    if (!number || best < 0 || std::size_t(best) >= parts.rounds)
        throw std::runtime_error("best_iteration is none of its rounds");
    const std::size_t kept = std::size_t(best) + 1;
    if (kept == parts.rounds)
        return;
    if (rounds == ImportRounds::Unsaid)
        throw Unusable(QStringLiteral("Training was stopped early: the file holds %1 rounds, the best were the first %2.").arg(parts.rounds).arg(kept),
                       QStringLiteral("Say which count: --rounds best (as XGBRegressor and XGBClassifier predict) or --rounds all (as Booster.predict does)."));
    if (rounds == ImportRounds::Best) {
        notes << QStringLiteral("Early stopping: the first %1 of %2 rounds were imported, the best ones.").arg(kept).arg(parts.rounds);
        parts.trees.resize(parts.trees.size() / parts.rounds * kept);
        parts.rounds = kept;
    } else {
        notes << QStringLiteral("Early stopping: all %1 rounds were imported; the best were the first %2.").arg(parts.rounds).arg(kept);
    }
}

/// Into the leaves of each output's first tree: XGBoost's sum begins with it, so the sums stay the same to the bit.
void addToLeaves(TreeParts &parts, const std::vector<float> &margins) {
    std::vector<bool> done(margins.size(), false);
    for (Tree &tree : parts.trees) {
        const std::size_t group = std::size_t(tree.group);
        if (done[group])
            continue;
        done[group] = true;
        for (TreeNode &node : tree.nodes)
            if (!node.inner)
                node.threshold += margins[group];
    }
    if (std::find(done.begin(), done.end(), false) != done.end())
        throw std::runtime_error("an output has no tree");
}

std::vector<QString> featureNames(const element &learner, std::size_t width) {
    std::vector<QString> names;
    if (auto list = learner["feature_names"].get_array(); !list.error())
        for (const element name : list.value())
            names.push_back(text(name.get_string()));
    if (!names.empty() && names.size() != width)
        throw std::runtime_error("it names " + std::to_string(names.size()) + " features and has " + std::to_string(width));
    std::vector<QString> sorted = names;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
        throw std::runtime_error("two features have one name");
    if (auto types = learner["feature_types"].get_array(); !types.error())
        for (const element type : types.value())
            if (type.get_string().value() == "c")
                throw Unusable(QStringLiteral("A feature of the model is a category (type “c”), which is not read."), QStringLiteral("Code the categories as numbers (one-hot) before training."));
    return names;
}

ImportedTrees read(const element &root, ImportRounds rounds) {
    const QString version = versionOf(root);
    checkFields(root.get_object(), QStringLiteral("(file)"), {"learner", "version"});
    const element learner = root["learner"];
    checkFields(learner.get_object(), QStringLiteral("learner"), {"attributes", "feature_names", "feature_types", "gradient_booster", "learner_model_param", "objective"});
    const object parameters = learner["learner_model_param"].get_object();
    checkFields(parameters, QStringLiteral("learner.learner_model_param"), {"base_score", "boost_from_average", "num_class", "num_feature", "num_target"});
    checkBooster(learner["gradient_booster"].get_object());
    QString objectiveName;
    const TreeObjective objective = objectiveOf(learner["objective"].get_object(), objectiveName);
    const std::string_view base = parameters["base_score"].get_string();
    if (auto targets = parameters["num_target"]; !targets.error() && textNumber(targets.value()) > 1)
        throw Unusable(QStringLiteral("The model has %1 targets and base_score %2; one target is read.").arg(textNumber(targets.value())).arg(text(base)), QStringLiteral("Train one model for each target."));
    checkTrees(learner["gradient_booster"]["model"]);
    TreeParts parts = treePartsOf(learner);
    const std::size_t groups = std::size_t(parts.groups);
    if (groups > mostClasses)
        throw std::runtime_error("it has " + std::to_string(groups) + " classes, at most " + std::to_string(mostClasses) + " are read");
    if ((objective == TreeObjective::Softmax) != (groups > 1))
        throw std::runtime_error("the objective " + objectiveName.toStdString() + " does not fit " + std::to_string(groups) + " outputs");
    if (objective == TreeObjective::Softmax && groups == 2)
        throw Unusable(QStringLiteral("%1 with two classes is not read.").arg(objectiveName), QStringLiteral("Train it with binary:logistic."));
    QStringList notes;
    cutRounds(parts, learner, rounds, notes);
    addToLeaves(parts, baseMargins(base, objective, groups));
    std::vector<QString> names = featureNames(learner, parts.width);
    const std::size_t classes = objective == TreeObjective::Numbers ? 0 : objective == TreeObjective::Logistic ? 2 : groups;
    return ImportedTrees{TreeEnsemble(std::move(parts.trees), parts.width, parts.groups, objective, parts.rounds), std::move(names), version, objectiveName, text(base), classes, notes};
}

} // namespace

Result<ImportedTrees> importXgboost(const QByteArray &bytes, const QString &where, ImportRounds rounds) {
    QByteArray json = bytes;
    if (looksLikeUbjson(bytes)) {
        PH_ASSIGN(json, ubjsonToJson(bytes, where));
    }
    try {
        simdjson::dom::parser parser;
        return read(parser.parse(json.constData(), std::size_t(json.size())), rounds);
    } catch (const Unusable &e) {
        return invalid(QString::fromUtf8(e.what()), where, e.hint);
    } catch (const std::exception &e) {
        if (json.contains(",NaN") || json.contains("[NaN")) // no JSON; Python's json reads it
            return invalid(QStringLiteral("The model has thresholds that are no numbers (NaN), as XGBoost 1 writes for splits by category, which are not read."), where,
                           QStringLiteral("Code the categories as numbers (one-hot) before training."));
        QString said = QString::fromUtf8(e.what());
        if (said.endsWith(QLatin1Char('.')))
            said.chop(1);
        return invalid(QStringLiteral("This is no XGBoost model that can be read: %1.").arg(said), where,
                       QStringLiteral("Save it in Python with booster.save_model(\"model.json\") or “.ubj”; the old binary format is not read."));
    }
}

} // namespace pilothouse::learn
