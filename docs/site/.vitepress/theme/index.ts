/** The theme of the site: VitePress' own, with wider pages and the layout of the home. */
import DefaultTheme from 'vitepress/theme';
import './style.css';

export default DefaultTheme;
