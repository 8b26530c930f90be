// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/openapi.h"

#include "core/base/json.h"
#include "core/serving/tensors.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace pilothouse::serving {

using Q = QLatin1String;

namespace {

QString pathParameter(const QString &path) { return path.contains(Q("/models/")) ? QStringLiteral("model") : path.contains(Q("/admin/")) ? QStringLiteral("verb") : QStringLiteral("limit"); }

QJsonObject schemaOf(const artifact::Signature &signature) {
    QJsonObject properties;
    QJsonArray required;
    for (const data::Input &input : signature.inputs) {
        QJsonObject property;
        if (input.type == data::ColumnType::Category) {
            QJsonArray values;
            for (const std::string &category : input.categories)
                values.append(QString::fromStdString(category));
            property = {{Q("type"), Q("string")}, {Q("enum"), values}};
        } else {
            property = {{Q("type"), Q("number")}};
        }
        if (input.optional)
            property.insert(Q("nullable"), true);
        else
            required.append(input.name);
        properties.insert(input.name, property);
    }
    QJsonObject schema{{Q("type"), Q("object")}, {Q("properties"), properties}, {Q("additionalProperties"), false}, {Q("example"), exampleRow(signature)}};
    if (!required.isEmpty())
        schema.insert(Q("required"), required);
    return schema;
}

QJsonObject jsonBody(const QJsonObject &schema) {
    return {{Q("required"), true}, {Q("content"), QJsonObject{{Q("application/json"), QJsonObject{{Q("schema"), schema}}}}}};
}

QJsonObject typed(const char *type) { return {{Q("type"), Q(type)}}; }
QJsonObject reference(const char *schema) { return {{Q("$ref"), Q("#/components/schemas/") + Q(schema)}}; }
QJsonObject listOf(const QJsonObject &items) { return {{Q("type"), Q("array")}, {Q("items"), items}}; }
QJsonObject objectOf(const QJsonObject &properties, const QJsonArray &required) {
    QJsonObject schema{{Q("type"), Q("object")}, {Q("properties"), properties}};
    if (!required.isEmpty())
        schema.insert(Q("required"), required);
    return schema;
}

QJsonObject tensorSchema() {
    return objectOf({{Q("name"), typed("string")}, {Q("shape"), listOf(typed("integer"))}, {Q("datatype"), typed("string")}, {Q("data"), listOf({})}},
                    {Q("name"), Q("shape"), Q("datatype"), Q("data")});
}

/// What a POST route takes.
QJsonObject bodyOf(const QString &path) {
    const QJsonObject row = reference("Row"), values = listOf({});
    const QJsonObject rows = listOf({{Q("anyOf"), QJsonArray{row, values}}});
    if (path == Q("/predict")) // the first form is the one that a client should take
        return jsonBody({{Q("anyOf"), QJsonArray{row, objectOf({{Q("features"), values}}, {Q("features")}), objectOf({{Q("rows"), rows}}, {Q("rows")}), rows}}});
    if (path.endsWith(Q(":predict")))
        return jsonBody(objectOf({{Q("instances"), rows}}, {Q("instances")}));
    if (path.endsWith(Q("/infer")))
        return jsonBody(objectOf({{Q("id"), typed("string")}, {Q("inputs"), listOf(tensorSchema())}, {Q("outputs"), listOf(objectOf({{Q("name"), typed("string")}}, {Q("name")}))}}, {Q("inputs")}));
    if (path == Q("/labels")) {
        QJsonObject schema = objectOf({{Q("labels"), listOf(objectOf({{Q("prediction_id"), typed("string")}, {Q("value"), QJsonObject()}}, {Q("prediction_id"), Q("value")}))}}, {Q("labels")});
        schema.insert(Q("example"), QJsonObject{{Q("labels"), QJsonArray{QJsonObject{{Q("prediction_id"), Q("3fa90c11-1a2b")}, {Q("value"), 1}}}}});
        return jsonBody(schema);
    }
    if (path == Q("/retrain/trigger"))
        return jsonBody(objectOf({{Q("force"), typed("boolean")}}, {}));
    if (path == Q("/retrain/config"))
        return jsonBody(objectOf({{Q("min_performance_threshold"), typed("number")}, {Q("degradation_threshold"), typed("number")}, {Q("min_hours_between"), typed("number")},
                                  {Q("enabled"), typed("boolean")}}, {}));
    return jsonBody(typed("object"));
}

/// One prediction. Classes, numbers and steps are left open, as they were for clients so far.
QJsonObject predictionOf(const artifact::Signature *signature) {
    const QStringList targets = signature ? signature->targets() : QStringList();
    if (targets.size() < 2)
        return {};
    QJsonObject steps;
    for (const QString &target : targets)
        steps.insert(target, listOf(typed("number")));
    return objectOf(steps, QJsonArray::fromStringList(targets));
}

QJsonObject reply(const char *description, const QJsonObject &schema = {}) {
    QJsonObject out{{Q("description"), Q(description)}};
    if (!schema.isEmpty())
        out.insert(Q("content"), QJsonObject{{Q("application/json"), QJsonObject{{Q("schema"), schema}}}});
    return out;
}

/// The answers of a route by code. `path` with its parameter filled in by name.
QJsonObject responses(const QString &path, bool post, bool key) {
    const QJsonObject error = reference("Error");
    QJsonObject out;
    if (path == Q("/predict"))
        out.insert(Q("200"), reply("One row, or many as `predictions`", reference("Prediction")));
    else if (path == Q("/retrain/trigger"))
        out.insert(Q("202"), reply("A retrain has begun", typed("object")));
    else
        out.insert(Q("200"), reply("OK"));
    if (post) {
        out.insert(Q("400"), reply("The body is not JSON", error));
        out.insert(Q("413"), reply("The body or the number of rows is too large", error));
        out.insert(Q("422"), reply("The body does not fit; `field` says where", error));
    } else if (path.contains(Q("{limit}"))) {
        out.insert(Q("422"), reply("The limit is no whole number from 1 to 10000", error));
    }
    if (key) {
        out.insert(Q("401"), reply("No key, or another", error));
        out.insert(Q("429"), reply("Too many requests; Retry-After says when", error));
    }
    if (path.contains(Q("{model}")))
        out.insert(Q("404"), reply("Another model", error));
    if (path.startsWith(Q("/retrain/")))
        out.insert(Q("404"), reply("This model has no retrain policy", error));
    if (path == Q("/retrain/trigger"))
        out.insert(Q("409"), reply("A rule forbids it", error));
    if (path == Q("/health") || path.endsWith(Q("/ready")) || path.endsWith(Q("predict")) || path == Q("/model-info") || path.contains(Q("/models/")))
        out.insert(Q("503"), reply("No model is served", path == Q("/health") || path.endsWith(Q("/ready")) ? typed("object") : error));
    out.insert(Q("default"), reply("{\"error\":{\"kind\",\"what\",\"hint\",\"field\"?}}", error));
    return out;
}

QString summaryOf(const ApiRoute &route) { return (route.same ? QStringLiteral("As %1: ").arg(Q(route.same)) : QString()) + QString::fromUtf8(route.summary); }

} // namespace

QJsonObject exampleRow(const artifact::Signature &signature) {
    QJsonObject row;
    for (const data::Input &input : signature.inputs)
        row.insert(input.name, input.type == data::ColumnType::Category ? QJsonValue(input.categories.empty() ? QString() : QString::fromStdString(input.categories.front())) : QJsonValue(0));
    return row;
}

QJsonObject openApiDocument(const QString &model, const QString &version, const std::vector<ApiRoute> &routes, const artifact::Signature *signature) {
    QJsonObject paths;
    for (const ApiRoute &route : routes) {
        QString path = Q(route.path);
        QJsonObject operation{{Q("summary"), summaryOf(route)}};
        if (path.contains(Q("{}"))) {
            const QString name = pathParameter(path);
            operation.insert(Q("parameters"), QJsonArray{QJsonObject{{Q("name"), name}, {Q("in"), Q("path")}, {Q("required"), true},
                                                                     {Q("schema"), typed(name == Q("limit") ? "integer" : "string")}}});
            path.replace(Q("{}"), QLatin1Char('{') + name + QLatin1Char('}'));
        }
        if (route.key)
            operation.insert(Q("security"), QJsonArray{QJsonObject{{Q("apiKey"), QJsonArray()}}});
        const bool post = Q(route.method) == Q("POST");
        const QString like = route.same ? QString(Q(route.same)) : path;
        operation.insert(Q("responses"), responses(like, post, route.key));
        if (post)
            operation.insert(Q("requestBody"), bodyOf(like));
        QJsonObject item = paths.value(path).toObject();
        item.insert(post ? Q("post") : Q("get"), operation);
        paths.insert(path, item);
    }
    const QJsonObject error{{Q("type"), Q("object")},
                            {Q("properties"), QJsonObject{{Q("error"), QJsonObject{{Q("type"), Q("object")}, {Q("properties"), QJsonObject{{Q("kind"), typed("string")}, {Q("what"), typed("string")},
                                                                                                                                           {Q("hint"), typed("string")}, {Q("field"), typed("string")}}}}}}}};
    const QJsonObject prediction{{Q("type"), Q("object")},
                                 {Q("properties"), QJsonObject{{Q("prediction"), predictionOf(signature)}, {Q("predictions"), listOf(predictionOf(signature))}, {Q("probability"), QJsonObject{{Q("type"), Q("array")}, {Q("items"), typed("number")}, {Q("nullable"), true}}},
                                                               {Q("prediction_id"), typed("string")}, {Q("model_version"), typed("string")}, {Q("model_source"), typed("string")},
                                                               {Q("timestamp"), typed("string")}, {Q("response_time_ms"), typed("number")}}}};
    const QJsonObject schemas{{Q("Row"), signature ? schemaOf(*signature) : typed("object")}, {Q("Error"), error}, {Q("Prediction"), prediction}};
    return {{Q("openapi"), Q("3.0.3")},
            {Q("info"), QJsonObject{{Q("title"), model}, {Q("version"), version}}},
            {Q("paths"), paths},
            {Q("components"), QJsonObject{{Q("schemas"), schemas},
                                          {Q("securitySchemes"), QJsonObject{{Q("apiKey"), QJsonObject{{Q("type"), Q("apiKey")}, {Q("in"), Q("header")}, {Q("name"), Q("X-API-Key")}}}}}}}};
}

QByteArray docsPage(const QString &model, const std::vector<ApiRoute> &routes, const artifact::Signature *signature) {
    QString html = QStringLiteral("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>%1</title><style>"
                                  "body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1b2430;background:#fff}"
                                  "table{border-collapse:collapse;width:100%%}td,th{text-align:left;padding:.35em .8em .35em 0;border-bottom:1px solid #d8dee6;vertical-align:top}"
                                  "code,pre{font-family:monospace}pre{background:#f2f5f8;padding:1em;overflow:auto}"
                                  "@media(prefers-color-scheme:dark){body{color:#dfe6ee;background:#12161c}td,th{border-color:#2b3440}pre{background:#1a2029}}"
                                  "</style></head><body><h1>%1</h1>")
                       .replace(Q("%%"), Q("%"))
                       .arg(model.toHtmlEscaped());
    html += QStringLiteral("<p>Send the API key as header <code>X-API-Key</code>. The same as a document: <a href=\"/openapi.json\">/openapi.json</a>.</p><table><tr><th>Method</th><th>Route</th><th></th><th>Key</th></tr>");
    for (const ApiRoute &route : routes)
        html += QStringLiteral("<tr><td>%1</td><td><code>%2</code></td><td>%3</td><td>%4</td></tr>")
                    .arg(Q(route.method), QString(Q(route.path)).replace(Q("{}"), QLatin1Char('{') + pathParameter(Q(route.path)) + QLatin1Char('}')).toHtmlEscaped(),
                         summaryOf(route).toHtmlEscaped(), route.key ? QStringLiteral("yes") : QStringLiteral("no"));
    html += QStringLiteral("</table>");
    if (signature) {
        html += QStringLiteral("<h2>Inputs</h2><table><tr><th>Name</th><th>Type</th><th>May be missing</th></tr>");
        for (const data::Input &input : signature->inputs)
            html += QStringLiteral("<tr><td><code>%1</code></td><td>%2</td><td>%3</td></tr>")
                        .arg(input.name.toHtmlEscaped(), input.type == data::ColumnType::Category ? QStringLiteral("text") : QStringLiteral("number"), input.optional ? QStringLiteral("yes") : QStringLiteral("no"));
        const QString example = QString::fromUtf8(QJsonDocument(exampleRow(*signature)).toJson());
        html += QStringLiteral("</table><h2>POST /predict</h2><pre>%1</pre>").arg(example.toHtmlEscaped());
    }
    html += QStringLiteral("</body></html>");
    return html.toUtf8();
}

QJsonObject v2Metadata(const QString &model, const QString &version, const artifact::Signature &signature) {
    QJsonArray inputs;
    for (const data::Input &input : signature.inputs)
        inputs.append(QJsonObject{{Q("name"), input.name}, {Q("datatype"), input.type == data::ColumnType::Category ? Q("BYTES") : Q("FP64")}, {Q("shape"), QJsonArray{-1}}});
    QJsonArray outputs;
    for (const OutputTensor &output : outputTensors(signature)) {
        QJsonArray shape{-1};
        for (const int size : output.sizes)
            shape.append(size);
        outputs.append(QJsonObject{{Q("name"), output.name}, {Q("datatype"), output.datatype}, {Q("shape"), shape}});
    }
    return {{Q("name"), model}, {Q("versions"), QJsonArray{version}}, {Q("platform"), Q("pilothouse")}, {Q("inputs"), inputs}, {Q("outputs"), outputs}};
}

} // namespace pilothouse::serving
