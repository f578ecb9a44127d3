import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, BarChart, CustomChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/**
 * Draws with ECharts, without a browser.
 *
 * @param id unique within the picture, for what elements refer to
 * @returns the elements of an SVG of this size, equal for equal options: ECharts' counters of the process, its hooks
 * for a live page and its style sheet are taken out
 */
export function drawChart(option: EChartsCoreOption, width: number, height: number, id: string): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    return plainElements(chart.renderToSVGString(), id);
  } finally {
    chart.dispose();
  }
}

function plainElements(svg: string, id: string): string {
  // Texts and attribute values have their quotes and angle brackets escaped, so these can only match markup.
  return svg
    .replace(/^<svg[^>]*>\s*/, '')
    .replace(/\s*<\/svg>\s*$/, '')
    .replace(/\s*<style\s*>[\s\S]*<\/style>/, '')
    .replace(/ (?:class="zr[^"]*"|ecmeta_\w+="[^"]*"|pointer-events="[^"]*")/g, '')
    .replace(/(clip-path="url\(#|<clipPath id=")zr\d+-/g, `$1${id}-`);
}
