import type * as ECharts from 'echarts';

/** The library comes from the board's own server. */
const ADDRESS = '/vendor/echarts.js';

export const echarts = (await import(ADDRESS)) as typeof ECharts;
export type { ECharts, EChartsOption } from 'echarts';
