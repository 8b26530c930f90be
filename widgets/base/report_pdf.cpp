// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/report_pdf.h"

#include <QAbstractTextDocumentLayout>
#include <QBuffer>
#include <QCoreApplication>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QTextDocument>
#include <QUrl>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int pagePixels = 672; // 178 mm, the text of an A4 page, in the 96 dpi that HTML counts in
constexpr double sharpness = 4; // pixels of a chart for each of those

/// Qt's rich text has no SVG: each is drawn and put in its place as a picture.
QString withPictures(const QString &html, QTextDocument &document) {
    static const QRegularExpression svg(QStringLiteral("<svg\\b.*?</svg>"), QRegularExpression::DotMatchesEverythingOption);
    QString out;
    qsizetype done = 0;
    int number = 0;
    for (auto match = svg.globalMatch(html); match.hasNext();) {
        const auto found = match.next();
        out += QStringView(html).mid(done, found.capturedStart() - done);
        done = found.capturedEnd();
        QSvgRenderer renderer(QString(found.captured()).replace(QStringLiteral("<svg "), QStringLiteral("<svg xmlns=\"http://www.w3.org/2000/svg\" ")).toUtf8());
        const QSizeF size = renderer.viewBoxF().size();
        if (!renderer.isValid() || size.isEmpty())
            continue;
        const double tall = pagePixels * size.height() / size.width();
        QImage picture(int(pagePixels * sharpness), std::max(1, int(tall * sharpness)), QImage::Format_RGB32);
        picture.fill(Qt::white);
        QPainter painter(&picture);
        painter.setRenderHint(QPainter::Antialiasing);
        renderer.render(&painter);
        painter.end();
        const QString name = QStringLiteral("chart:%1").arg(++number);
        document.addResource(QTextDocument::ImageResource, QUrl(name), picture);
        out += QStringLiteral("<p><img src=\"%1\" width=\"%2\" height=\"%3\"/></p>").arg(name).arg(pagePixels).arg(int(tall));
    }
    out += QStringView(html).mid(done);
    return out;
}

} // namespace

QByteArray pdfOf(const QByteArray &html, const QString &foot) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    if (!buffer.open(QIODevice::WriteOnly))
        return {};
    QPdfWriter writer(&buffer);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(16, 14, 16, 12), QPageLayout::Millimeter);
    writer.setTitle(foot);
    writer.setCreator(QStringLiteral("Pilothouse"));
    QTextDocument document;
    document.setUndoRedoEnabled(false);
    document.documentLayout()->setPaintDevice(&writer);
    QFont font(QStringLiteral("DejaVu Sans")); // Inter draws dashes and colons between digits by glyphs that have no character: they could not be searched
    font.setPointSizeF(8.5);
    font.setStyleHint(QFont::SansSerif);
    document.setDefaultFont(font);
    document.setDocumentMargin(0);
    document.setHtml(withPictures(QString::fromUtf8(html), document)
                         .replace(QStringLiteral("font-family:Inter,\"Noto Sans\","), QStringLiteral("font-family:"))
                         .replace(QStringLiteral("margin:12pt auto"), QStringLiteral("margin:0"))); // of a window; here tables would shrink by it
    const double footTall = writer.logicalDpiY() / 25.4 * 7; // 7 mm
    const QSizeF body(writer.width(), writer.height() - footTall);
    document.setPageSize(body);
    const int pages = document.pageCount();
    QPainter painter(&writer);
    if (!painter.isActive())
        return {};
    QFont small(font, &writer);
    small.setPointSizeF(7.5);
    for (int page = 0; page < pages; ++page) {
        if (page > 0 && !writer.newPage())
            return {};
        painter.save();
        const QRectF shown(0, page * body.height(), body.width(), body.height());
        painter.translate(0, -shown.top());
        painter.setClipRect(shown);
        QAbstractTextDocumentLayout::PaintContext context;
        context.clip = shown;
        context.palette.setColor(QPalette::Text, QColor(0x17, 0x21, 0x2b)); // also in a dark window
        document.documentLayout()->draw(&painter, context);
        painter.restore();
        painter.setFont(small);
        painter.setPen(QColor(0x56, 0x62, 0x70));
        const QRectF line(0, body.height(), body.width(), footTall);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignBottom, painter.fontMetrics().elidedText(foot, Qt::ElideRight, int(line.width() * 0.8)));
        painter.drawText(line, Qt::AlignRight | Qt::AlignBottom, QCoreApplication::translate("Report", "%1 of %2", "page").arg(page + 1).arg(pages));
    }
    painter.end();
    return bytes;
}

} // namespace pilothouse::ui
